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
  return new DeviceHook(scope, device, layer, direction);
}

/** A class, as a host has thousands of them: they share their method. */
class DeviceHook implements FoundHook {
  readonly layer: 'tcx' | 'netkit';
  readonly direction: string;
  readonly text: string;
  readonly target: string;
  readonly ifindex: number;
  readonly netnsInode: string;
  readonly netns: string | null;
  readonly cgroupId: null = null;
  readonly #scope: Scope;
  readonly #kernelHook: KernelHook;

  constructor(scope: Scope, { name, ifindex }: Device, layer: 'tcx' | 'netkit', direction: string) {
    this.layer = layer;
    this.direction = direction;
    this.text = formatHookName({ layer, direction, target: name, namespace: scope.selector });
    this.target = name;
    this.ifindex = ifindex;
    this.netnsInode = scope.inode;
    this.netns = scope.name;
    this.#scope = scope;
    this.#kernelHook =
      layer === 'tcx'
        ? tcx(direction as 'ingress' | 'egress', ifindex)
        : netkit(direction as 'primary' | 'peer', ifindex);
  }

  use<Result>(action: (hook: KernelHook) => Result): Result {
    try {
      return this.#scope.within(() => action(this.#kernelHook));
    } catch (error) {
      throw withName(error, describeHook(this.#kernelHook), this.text);
    }
  }
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
        try {
          return action(kernelHook);
        } catch (error) {
          throw withName(error, describeHook(kernelHook), text);
        }
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
