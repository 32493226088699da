import { MprogError } from '@mprog/core';
import { type Cgroup, cgroupAttachTypeName, isErrno, type LinkInfo, linkType } from '@mprog/kernel';
import type { Context } from '../context.js';
import { allScopes, hooksIn } from './all-hooks.js';
import { queryHook } from './chain.js';
import { cgroupHook, type FoundHook } from './found-hook.js';
import type { HostView } from './host-view.js';
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
  const { links: all, whole } = view.linkWalk;
  if (!whole) view.report('only pinned links are listed: the others need CAP_SYS_ADMIN');
  const infos = all.filter(({ type }) => typeNames.has(type));
  const hooks = new Map([...findDeviceHooks(context, view, infos), ...findCgroupHooks(context, view, infos)]);
  const links = infos.map((info) => {
    const { id, type, cgroupId } = info;
    return {
      id,
      type: typeNames.get(type) ?? `type ${type}`,
      program: view.program(info.programId),
      hook: hooks.get(id)?.text ?? null,
      ifindex: hasDevice(info) ? info.ifindex : null,
      cgroupId,
      defunct: isDefunct(info),
      pins: view.pins.link(id),
      ours: view.ownsLink(id, info.programId),
    };
  });
  return { links, hooks };
}

/** Whether what a link was attached to is gone; null for kinds that do not tell. */
export function isDefunct(info: LinkInfo): boolean | null {
  if (hasDevice(info)) return info.ifindex === 0;
  return info.cgroupId === null ? null : info.cgroupId === '0';
}

function hasDevice({ type }: LinkInfo): boolean {
  return type === linkType.TCX || type === linkType.NETKIT;
}

/**
 * The hook that each attached link of a device is on, over every namespace that can be entered; what could not be looked
 * at is reported only when a link is not found in the rest.
 */
function findDeviceHooks(
  context: Context,
  view: HostView,
  infos: readonly LinkInfo[],
): ReadonlyMap<number, FoundHook> {
  const found = new Map<number, FoundHook>();
  const isMissing = (info: LinkInfo) => hasDevice(info) && info.ifindex !== 0 && !found.has(info.id);
  if (!infos.some(isMissing)) return found;

  const problems: string[] = [];
  for (const scope of allScopes(context, (problem) => problems.push(problem))) {
    for (const hook of hooksIn(context, view, scope)) {
      try {
        for (const { linkId } of queryHook(context, hook).entries) if (linkId) found.set(linkId, hook);
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

/** The hook of each attached link of a cgroup, which names the cgroup itself. */
function findCgroupHooks(
  { world }: Context,
  view: HostView,
  infos: readonly LinkInfo[],
): ReadonlyMap<number, FoundHook> {
  const found = new Map<number, FoundHook>();
  const attached = infos.filter(({ cgroupId }) => cgroupId !== null && cgroupId !== '0');
  if (attached.length === 0) return found;
  let cgroups: ReadonlyMap<string, Cgroup>;
  try {
    cgroups = new Map(world.cgroups().map((cgroup) => [cgroup.id, cgroup]));
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    view.report(`hooks of some links are unknown: ${error.message}`);
    return found;
  }
  for (const { id, cgroupId, attachType } of attached) {
    const cgroup = cgroups.get(cgroupId ?? '');
    const direction = cgroupAttachTypeName(attachType);
    if (cgroup !== undefined && direction !== undefined) found.set(id, cgroupHook(world, cgroup, direction));
  }
  return found;
}
