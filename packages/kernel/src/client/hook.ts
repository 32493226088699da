import { clip, MprogError } from '@mprog/core';
import { attachType } from '../abi/attach-type.js';
import { type CgroupAttachType, cgroupAttachTypes } from '../abi/cgroup-attach-type.js';

/** A tcx hook: one direction of one device of the network namespace that the caller is in (spec 8.1). */
export interface TcxHook {
  readonly layer: 'tcx';
  readonly direction: 'ingress' | 'egress';
  /** 1 to 2^31 - 1. */
  readonly ifindex: number;
}

/** A netkit hook: one end of a pair, named by its primary device (spec 9.1). */
export interface NetkitHook {
  readonly layer: 'netkit';
  readonly direction: 'primary' | 'peer';
  /** That of the primary device also for the peer's hook; 1 to 2^31 - 1. */
  readonly ifindex: number;
}

/** A cgroup hook: one attach type of one cgroup (spec 10.1). */
export interface CgroupHook {
  readonly layer: 'cgroup';
  readonly direction: CgroupAttachType;
  /** Fd of the cgroup's directory, which the caller keeps open. */
  readonly cgroupFd: number;
  /** What messages call the cgroup; null for its fd. */
  readonly path: string | null;
}

/** A hook of a layer that keeps its programs in an mprog chain (spec 3). */
export type MprogHook = TcxHook | NetkitHook;

/** Where programs attach, as the kernel names it: a layer's own form for each layer. */
export type KernelHook = MprogHook | CgroupHook;

/**
 * The tcx hook of a device.
 *
 * @param direction what the device receives or what it sends
 * @param ifindex 1 to 2^31 - 1, in the network namespace that the caller is in when it uses the hook
 * @throws MprogError `ERR_INVALID_ARGUMENT` for an ifindex that is none
 */
export function tcx(direction: TcxHook['direction'], ifindex: number): TcxHook {
  checkNumber('tcx', 'ifindex', 1, ifindex);
  return Object.freeze({ layer: 'tcx', direction, ifindex });
}

/**
 * The hook of one end of a netkit pair.
 *
 * @param direction which end's programs are meant
 * @param ifindex 1 to 2^31 - 1, that of the primary device in the network namespace that the caller is in
 * @throws MprogError `ERR_INVALID_ARGUMENT` for an ifindex that is none
 */
export function netkit(direction: NetkitHook['direction'], ifindex: number): NetkitHook {
  checkNumber('netkit', 'ifindex', 1, ifindex);
  return Object.freeze({ layer: 'netkit', direction, ifindex });
}

/**
 * The hook of an attach type of a cgroup.
 *
 * @param direction name of the attach type, `inet_ingress`
 * @param cgroupFd fd of the cgroup's directory, from `World.openCgroup`
 * @param path what messages call the cgroup
 * @throws MprogError `ERR_INVALID_ARGUMENT` for an unknown attach type or a number that is no fd
 */
export function cgroup(
  direction: CgroupAttachType,
  cgroupFd: number,
  path: string | null = null,
): CgroupHook {
  if (!Object.hasOwn(cgroupAttachTypes, direction)) {
    throw new MprogError('ERR_INVALID_ARGUMENT', `name a cgroup hook: there is no attach type ${direction}`);
  }
  checkNumber('cgroup', 'cgroupFd', 0, cgroupFd);
  return Object.freeze({ layer: 'cgroup', direction, cgroupFd, path });
}

function checkNumber(layer: string, name: string, least: number, value: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0x7fff_ffff) return;
  throw new MprogError(
    'ERR_INVALID_ARGUMENT',
    `name a ${layer} hook: ${name} must be ${least} to 2147483647, not ${value}`,
  );
}

/** The attach type of a hook (spec 1.3). */
export function attachTypeOf(hook: KernelHook): number {
  switch (hook.layer) {
    case 'tcx':
      return hook.direction === 'ingress' ? attachType.TCX_INGRESS : attachType.TCX_EGRESS;
    case 'netkit':
      return hook.direction === 'primary' ? attachType.NETKIT_PRIMARY : attachType.NETKIT_PEER;
    case 'cgroup':
      return cgroupAttachTypes[hook.direction];
  }
}

/** The number that names a hook's target in an attr. */
export function targetOf(hook: KernelHook): number {
  return hook.layer === 'cgroup' ? hook.cgroupFd : hook.ifindex;
}

/** A hook in words, `tcx/ingress@4`, `cgroup/inet_egress@/app`. */
export function describeHook(hook: KernelHook): string {
  const target = hook.layer === 'cgroup' ? (hook.path ?? `fd ${hook.cgroupFd}`) : hook.ifindex;
  return `${hook.layer}/${hook.direction}@${clip(String(target))}`;
}
