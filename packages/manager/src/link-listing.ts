import { MprogError } from '@mprog/core';
import { isErrno, type LinkInfo, linkType } from '@mprog/kernel';
import { queryHook } from './chain.js';
import type { Context } from './context.js';
import type { HostView } from './host-view.js';
import { allScopes, hooksIn } from './inventory.js';
import type { FoundHook } from './resolve-hook.js';
import type { LinkState } from './state.js';

const typeNames: ReadonlyMap<number, string> = new Map([
  [linkType.TCX, 'tcx'],
  [linkType.NETKIT, 'netkit'],
  [linkType.CGROUP, 'cgroup'],
]);

/** Links with the hooks that they are on. */
export interface FoundLinks {
  readonly links: readonly LinkState[];
  /** By the id of the link; without those that are defunct, or in a namespace that can't be entered. */
  readonly hooks: ReadonlyMap<number, FoundHook>;
}

/**
 * Every link of the layers that mprog knows; without CAP_SYS_ADMIN those that are pinned, and the view says so.
 */
export function findLinks(context: Context, view: HostView): FoundLinks {
  const infos = [...linkInfos(context, view)].filter(({ type }) => typeNames.has(type));
  const hooks = findHooks(context, view, infos);
  const links = infos.map((info) => {
    const hasDevice = info.type === linkType.TCX || info.type === linkType.NETKIT;
    return {
      id: info.id,
      type: typeNames.get(info.type) ?? `type ${info.type}`,
      program: view.program(info.programId),
      hook: hooks.get(info.id)?.text ?? null,
      ifindex: hasDevice ? info.ifindex : null,
      defunct: hasDevice ? info.ifindex === 0 : null,
      pins: view.pins.link(info.id),
      ours: view.ownsLink(info.id, info.programId),
    };
  });
  return { links, hooks };
}

/**
 * The hook that each attached link is on, over every namespace that can be entered; what could not be looked at is
 * reported only when a link is not found in the rest.
 */
function findHooks(
  context: Context,
  view: HostView,
  infos: readonly LinkInfo[],
): ReadonlyMap<number, FoundHook> {
  const found = new Map<number, FoundHook>();
  const isMissing = ({ id, type, ifindex }: LinkInfo) =>
    type === linkType.TCX && ifindex !== 0 && !found.has(id);
  if (!infos.some(isMissing)) return found;

  const problems: string[] = [];
  for (const scope of allScopes(context, (problem) => problems.push(problem))) {
    for (const hook of hooksIn(context, view, scope)) {
      try {
        for (const { linkId } of queryHook(context, hook).attachments) found.set(linkId, hook);
      } catch (error) {
        if (!MprogError.is(error)) throw error;
        // A device that went between the listing and the query took its hooks with it.
        if (!isErrno(error, 'ENODEV')) problems.push(`hooks of some links are unknown: ${error.message}`);
      }
    }
    if (!infos.some(isMissing)) break;
  }
  if (infos.some(isMissing)) for (const problem of problems) view.report(problem);
  return found;
}

function* linkInfos(context: Context, view: HostView): Generator<LinkInfo, void, undefined> {
  const { kernel } = context;
  const seen = new Set<number>();
  try {
    for (const id of kernel.links.ids()) {
      try {
        using link = kernel.links.open(id);
        seen.add(id);
        yield kernel.links.info(link.fd);
      } catch (error) {
        // It may go, or not be announced yet, while the walk passes it.
        if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EAGAIN')) throw error;
      }
    }
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
    view.report('only pinned links are listed: the others need CAP_SYS_ADMIN');
  }
  for (const entry of view.pins.entries) {
    if (entry.kind !== 'link' || seen.has(entry.info.id)) continue;
    seen.add(entry.info.id);
    yield entry.info;
  }
}
