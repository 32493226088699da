import { MprogError } from '@mprog/core';
import {
  type Cgroup,
  type CgroupAttachType,
  cgroup,
  cgroupAttachTypes,
  type Device,
  isErrno,
  type NetworkNamespace,
  netkit,
} from '@mprog/kernel';
import type { Context } from '../context.js';
import { layers } from '../names/hook-name.js';
import { formatNamespace } from '../names/namespace-name.js';
import { cgroupHook, deviceHook, type FoundHook, withCgroup } from './found-hook.js';
import type { HostView } from './host-view.js';
import { type Scope, scopeOf } from './resolve-hook.js';

/** Every namespace that the world lists, the caller's first; problems are reported. */
export function allScopes(
  { world }: Pick<Context, 'world'>,
  report: (problem: string) => void,
): readonly Scope[] {
  const current = world.currentNamespace();
  const { namespaces, errors } = world.namespaces();
  for (const error of errors) report(error);
  const own = namespaces.find(({ inode }) => inode === current) ?? { inode: current, name: null, pid: null };
  return [own, ...namespaces.filter(({ inode }) => inode !== current)].map((namespace: NetworkNamespace) =>
    scopeOf(world, namespace, current),
  );
}

/** Every hook of the devices of a namespace; problems are reported. */
export function hooksIn(context: Context, view: HostView, scope: Scope): readonly FoundHook[] {
  try {
    return scope.within(() => {
      const found: FoundHook[] = [];
      for (const device of context.world.devices()) addHooksOf(context, scope, device, found);
      return found;
    });
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    view.report(`namespace ${nameOf(scope)} was skipped: ${error.message}`);
    return [];
  }
}

function addHooksOf(context: Context, scope: Scope, device: Device, found: FoundHook[]): void {
  for (const direction of layers.tcx) found.push(deviceHook(scope, device, 'tcx', direction));
  if (!isPrimary(context, device)) return;
  for (const direction of layers.netkit) found.push(deviceHook(scope, device, 'netkit', direction));
}

/** Whether a device is the primary one of a netkit pair, as a query tells (spec 9.2). */
function isPrimary({ kernel }: Context, { ifindex }: Device): boolean {
  if (kernel.probe.has('netkit') !== true) return false;
  try {
    kernel.attachments.query(netkit('primary', ifindex));
    return true;
  } catch (error) {
    if (MprogError.is(error)) return false;
    throw error;
  }
}

/**
 * The hooks of cgroups that have programs; problems are reported.
 *
 * @param wanted chooses hooks before the kernel is asked
 */
export function* cgroupHooks(
  context: Context,
  view: HostView,
  wanted: (cgroup: Cgroup, direction: CgroupAttachType) => boolean = () => true,
): Generator<FoundHook, void, undefined> {
  const { world } = context;
  if (world.cgroupMount() === null) return;
  const directions = Object.keys(cgroupAttachTypes) as CgroupAttachType[];
  try {
    for (const found of world.cgroups()) {
      const chosen = directions.filter((direction) => wanted(found, direction));
      for (const direction of usedOf(context, found, chosen)) yield cgroupHook(world, found, direction);
    }
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    if (isErrno(error, 'EPERM')) view.report('hooks could not be read: that needs CAP_NET_ADMIN');
    else view.report(`hooks of cgroups could not be read: ${error.message}`);
  }
}

/** Attach types of a cgroup that have programs. */
function usedOf(
  { kernel, world }: Context,
  found: Cgroup,
  directions: readonly CgroupAttachType[],
): readonly CgroupAttachType[] {
  if (directions.length === 0) return [];
  try {
    return withCgroup(world, found, (fd) =>
      directions.filter((direction) => {
        try {
          return kernel.attachments.query(cgroup(direction, fd, found.path)).attachments.length > 0;
        } catch (error) {
          // An older kernel does not know every attach type.
          if (isErrno(error, 'EINVAL')) return false;
          throw error;
        }
      }),
    );
  } catch (error) {
    // It may go while the tree is walked.
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A namespace as messages name it. */
function nameOf(scope: Scope): string {
  return scope.selector === null ? scope.inode : formatNamespace(scope.selector);
}
