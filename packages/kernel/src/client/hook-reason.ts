import { flag } from '../abi/flag.js';
import type { KernelHook } from './hook.js';
import type { RawPlacement } from './placement.js';
import { featureNeeds, type Probe } from './probe.js';

/** What was asked of a hook. */
export interface HookRequest {
  readonly hook: KernelHook;
  readonly operation: 'attach' | 'link' | 'detach' | 'query';
  readonly placement?: RawPlacement;
}

/**
 * Why a hook refused, where its layer has more to say than the error number.
 *
 * @param name name of the errno
 * @returns words, the remedy behind `; `; undefined when the layer has nothing to add
 */
export function hookReason(name: string, request: HookRequest, probe: Probe): string | undefined {
  const { hook } = request;
  if (hook.layer === 'cgroup') return cgroupReason(name, request);
  if (name === 'EINVAL' && probe.has(hook.layer) === false) {
    return `${hook.layer} is not in this kernel (needs ${featureNeeds[hook.layer]})`;
  }
  return hook.layer === 'netkit' ? netkitReasons[name] : undefined;
}

const netkitReasons: Readonly<Record<string, string>> = {
  ENXIO: 'the device is no netkit',
  EACCES: 'the device is the peer of its pair; name the primary one, for the hooks of both',
};

const cgroupReasons: Readonly<Record<string, string>> = {
  EBADF: 'not an open file descriptor, or not the directory of a cgroup',
  E2BIG: 'the cgroup has 64 programs of this attach type already, and then none can be replaced either',
};

/** The rules of spec 10.3, 10.4 and 10.6 in words. */
function cgroupReason(name: string, { operation, placement }: HookRequest): string | undefined {
  switch (name) {
    case 'EINVAL':
      return cgroupFault(operation, placement);
    case 'EPERM':
      return operation === 'query' ? undefined : permission[operation];
    case 'ENOENT':
      return missing[operation];
    default:
      return cgroupReasons[name];
  }
}

const occupied = 'a cgroup above does not share, or the programs here were attached in another mode';
const permission: Readonly<Record<string, string>> = {
  attach: occupied,
  link: `${occupied}; links are always in mode multi; inet_ingress and inet_egress need CAP_NET_ADMIN besides`,
};

const missing: Readonly<Record<HookRequest['operation'], string>> = {
  attach:
    'the cgroup was removed, or the program to stand beside or to replace is not attached to it directly',
  link: 'the cgroup was removed, or the link to stand beside is not attached to it',
  detach: 'the cgroup was removed, or the program is not attached to it directly',
  query: 'the cgroup was removed',
};

function cgroupFault(operation: HookRequest['operation'], placement?: RawPlacement): string {
  if (operation === 'query') return 'this kernel does not know the attach type';
  const { flags, relative } = placement ?? { flags: 0, relative: 0 };
  const has = (bit: number) => (flags & bit) !== 0;
  if (operation === 'detach') {
    return flags !== 0 || relative !== 0
      ? 'a cgroup takes no anchors when a program is detached; name the program'
      : 'in mode multi nothing is detached by its position; name the program';
  }
  if (has(flag.REPLACE)) {
    if (operation === 'link') return 'a link replaces nothing; update the link that is there';
    if (!has(flag.ALLOW_MULTI)) return 'a program is replaced in mode multi alone; otherwise attach over it';
    if (has(flag.BEFORE | flag.AFTER)) return 'a replacement keeps its place and takes no before or after';
  }
  if (has(flag.ID | flag.LINK) || relative !== 0) {
    if (has(flag.BEFORE) === has(flag.AFTER)) return 'an anchor takes exactly one of before and after';
    if (operation === 'link' && !has(flag.LINK))
      return 'a link stands beside links alone, not beside a program';
    if (operation === 'attach' && has(flag.LINK)) {
      return 'a program that is attached directly stands beside such programs alone, not beside a link';
    }
  } else if (has(flag.BEFORE) && has(flag.AFTER)) {
    return 'before and after do not go together';
  }
  const beside = 'the anchor has another preorder, or the program is not for this attach type';
  return operation === 'link'
    ? beside
    : `the program is attached to this cgroup directly already, ${beside}; inet_ingress and inet_egress need CAP_NET_ADMIN besides`;
}
