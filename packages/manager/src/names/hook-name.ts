import { clip } from '@mprog/core';
import { cgroupAttachTypes, type NamespaceSelector } from '@mprog/kernel';
import { refusal } from '../manager-error.js';
import { escapeGlob } from './glob.js';
import { literalName, splitUnescaped } from './literal-name.js';
import { formatNamespace, parseNamespace } from './namespace-name.js';
import { didYouMean } from './nearest.js';

/** A consumer of the engine with rules of its own. */
export type LayerName = 'tcx' | 'netkit' | 'cgroup';

/** Layers with the directions of their hooks. */
export const layers: Readonly<Record<LayerName, readonly string[]>> = {
  tcx: ['ingress', 'egress'],
  netkit: ['primary', 'peer'],
  cgroup: Object.keys(cgroupAttachTypes),
};

/** The name of one hook, taken apart. */
export interface HookName {
  readonly layer: LayerName;
  /** One of the layer's directions. */
  readonly direction: string;
  /** Name of a device, or its ifindex in digits (a device of that name wins); the path of a cgroup. */
  readonly target: string;
  /** Namespace that the device is in; null for the caller's. */
  readonly namespace: NamespaceSelector | null;
}

/**
 * Reads the name of one hook: `tcx/ingress@eth0`, `tcx/egress@4`, `netkit/peer@nk0`, `tcx/ingress@eth0%blue`, `…%pid:412`,
 * `…%inode:4026532301`, `cgroup/inet_egress@/app`.
 *
 * It is split at the first `@`; the namespace stands behind the first `%`; `\` takes the meaning from `% * ? [ \`.
 *
 * @throws MprogError `ERR_HOOK_NAME` with the known words and the nearest one
 */
export function parseHookName(text: string): HookName {
  const operation = `read hook ${JSON.stringify(clip(text))}`;
  const at = text.indexOf('@');
  const head = at < 0 ? text : text.slice(0, at);
  if (at < 0 && !(head.split('/')[0]! in layers)) {
    throw refusal('ERR_HOOK_NAME', operation, 'it names no layer and direction', {
      remedy: `write LAYER/DIRECTION@TARGET, for example ${text.startsWith('/') ? 'cgroup/inet_ingress' : 'tcx/ingress'}@${text === '' ? 'eth0' : clip(text)}`,
    });
  }
  const { layer, direction } = parseHead(head, at < 0 ? null : text.slice(at + 1), operation);
  const [targetText, namespaceText] = splitUnescaped(at < 0 ? '' : text.slice(at + 1), '%');
  const target = literalName(targetText, operation);
  if (target === '') {
    throw refusal('ERR_HOOK_NAME', operation, 'nothing stands behind the @', {
      remedy:
        layer === 'cgroup'
          ? `write a path, ${layer}/${direction}@/app`
          : `write a device, ${layer}/${direction}@eth0`,
    });
  }
  if (layer === 'cgroup' && namespaceText !== null) {
    throw refusal('ERR_HOOK_NAME', operation, 'a cgroup is in no network namespace', {
      remedy: 'leave out what stands behind the %, or write \\% for the character itself',
    });
  }
  const namespace = namespaceText === null ? null : parseNamespace(namespaceText);
  return Object.freeze({ layer, direction, target, namespace });
}

/** Writes a hook as {@link parseHookName} reads it. */
export function formatHookName(name: HookName): string {
  const suffix = name.namespace === null ? '' : `%${formatNamespace(name.namespace)}`;
  return `${name.layer}/${name.direction}@${escapeGlob(name.target, '%')}${suffix}`;
}

/** @param target what stands behind the `@`, for the remedy; null without one */
function parseHead(
  head: string,
  target: string | null,
  operation: string,
): { layer: LayerName; direction: string } {
  const slash = head.indexOf('/');
  const layer = slash < 0 ? head : head.slice(0, slash);
  if (!Object.hasOwn(layers, layer)) {
    const names = Object.keys(layers);
    const whole = names.find((name) => layers[name as LayerName].includes(layer));
    throw refusal('ERR_HOOK_NAME', operation, `there is no layer ${JSON.stringify(clip(layer))}`, {
      remedy: `layers are ${names.join(', ')}${whole === undefined ? didYouMean(layer, names) : `; did you mean ${whole}/${layer}?`}`,
    });
  }
  const directions = layers[layer as LayerName];
  const direction = slash < 0 ? '' : head.slice(slash + 1);
  if (!directions.includes(direction)) {
    const reason =
      direction === ''
        ? `${layer} needs a direction`
        : `${layer} has no direction ${JSON.stringify(clip(direction))}`;
    throw refusal('ERR_HOOK_NAME', operation, reason, {
      remedy: `directions of ${layer} are ${directions.join(', ')}${meantInstead(layer, direction, target)}`,
    });
  }
  return { layer: layer as LayerName, direction };
}

/** What was meant where the `@` is missing (`cgroup/inet_egress/app`), or the direction that is like it or ends in it. */
function meantInstead(layer: string, direction: string, target: string | null): string {
  const directions = layers[layer as LayerName];
  const begun = directions.find((one) => direction.startsWith(`${one}/`));
  if (target === null && begun !== undefined) {
    const rest = direction.slice(begun.length + (layer === 'cgroup' ? 0 : 1));
    return `; did you mean ${layer}/${begun}@${clip(rest)}?`;
  }
  const ending = directions.find((one) => direction !== '' && one.endsWith(`_${direction}`));
  return ending === undefined ? didYouMean(direction, directions) : `; did you mean ${ending}?`;
}
