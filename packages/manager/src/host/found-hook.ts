import { clip, MprogError } from '@mprog/core';
import {
  type Cgroup,
  type CgroupAttachType,
  cgroup,
  type Device,
  describeHook,
  type KernelHook,
  netkit,
  tcx,
  type World,
} from '@mprog/kernel';
import type { HookKey } from '../journal/claims.js';
import { refusal } from '../manager-error.js';
import { formatHookName, type LayerName } from '../names/hook-name.js';
import type { Scope } from './resolve-hook.js';

/** A hook whose device or cgroup was found. */
export interface FoundHook extends HookKey {
  readonly layer: LayerName;
  /** Name that every command takes. */
  readonly text: string;
  /** Name of the device, or path of the cgroup inside its tree. */
  readonly target: string;
  /** Name of the namespace; null for the caller's own, for one without a name and for cgroups. */
  readonly netns: string | null;
  /**
   * Runs an action where the hook means what was found: in its namespace, or with its cgroup open. Errors of the kernel
   * come out with the hook's name.
   *
   * @throws MprogError `ENOENT` when the cgroup is gone
   */
  use<Result>(action: (hook: KernelHook) => Result): Result;
}

/** The hook of one direction of a device. */
export function deviceHook(
  scope: Scope,
  device: Device,
  layer: 'tcx' | 'netkit',
  direction: string,
): FoundHook {
  const kernelHook =
    layer === 'tcx'
      ? tcx(direction as 'ingress' | 'egress', device.ifindex)
      : netkit(direction as 'primary' | 'peer', device.ifindex);
  const text = formatHookName({ layer, direction, target: device.name, namespace: scope.selector });
  return Object.freeze({
    layer,
    direction,
    text,
    target: device.name,
    ifindex: device.ifindex,
    netnsInode: scope.inode,
    netns: scope.name,
    cgroupId: null,
    use: <Result>(action: (hook: KernelHook) => Result): Result =>
      named(kernelHook, text, () => scope.within(() => action(kernelHook))),
  });
}

/** The hook of an attach type of a cgroup. */
export function cgroupHook(world: World, { path, id }: Cgroup, direction: CgroupAttachType): FoundHook {
  const text = formatHookName({ layer: 'cgroup', direction, target: path, namespace: null });
  return Object.freeze({
    layer: 'cgroup',
    direction,
    text,
    target: path,
    ifindex: null,
    netnsInode: null,
    netns: null,
    cgroupId: id,
    use: <Result>(action: (hook: KernelHook) => Result): Result =>
      withCgroup(world, { path, id }, (fd) => {
        const kernelHook = cgroup(direction, fd, path);
        return named(kernelHook, text, () => action(kernelHook));
      }),
  });
}

/**
 * Runs an action with a cgroup open.
 *
 * @throws MprogError `ENOENT` when it is gone, or another one has its path
 */
export function withCgroup<Result>(
  world: World,
  { path, id }: Cgroup,
  action: (fd: number) => Result,
): Result {
  const fd = world.openCgroup(path);
  try {
    // Ids are never given twice, so the path meant this cgroup all the time, also when it was opened.
    if (world.findCgroup(path).id !== id) {
      throw refusal('ENOENT', `open cgroup ${clip(path)}`, 'it is another one than a moment ago', {
        remedy: 'look at it and try again',
      });
    }
    return action(fd);
  } finally {
    world.close(fd);
  }
}

function named<Result>(hook: KernelHook, text: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw withName(error, describeHook(hook), text);
  }
}

function withName(error: unknown, described: string, text: string): unknown {
  if (!MprogError.is(error) || !error.message.includes(described)) return error;
  return new MprogError(
    error.code,
    error.message.replace(described, () => clip(text)),
    {
      data: { ...error.data, hook: text },
      cause: error,
    },
  );
}
