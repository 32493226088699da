import { MprogError } from '@mprog/core';
import { attachType } from '../abi/attach-type.js';

/** A tcx hook: one direction of one device of the network namespace that the caller is in (spec 8.1). */
export interface TcxHook {
  readonly layer: 'tcx';
  readonly direction: 'ingress' | 'egress';
  /** 1 to 2^31 - 1. */
  readonly ifindex: number;
}

/** Where programs attach, as the kernel names it: a layer's own form for each layer. */
export type KernelHook = TcxHook;

/**
 * The tcx hook of a device.
 *
 * @param direction what the device receives or what it sends
 * @param ifindex 1 to 2^31 - 1, in the network namespace that the caller is in when it uses the hook
 * @throws MprogError `ERR_INVALID_ARGUMENT` for an ifindex that is none
 */
export function tcx(direction: TcxHook['direction'], ifindex: number): TcxHook {
  if (!Number.isInteger(ifindex) || ifindex < 1 || ifindex > 0x7fff_ffff) {
    throw new MprogError(
      'ERR_INVALID_ARGUMENT',
      `name a tcx hook: ifindex must be 1 to 2147483647, not ${ifindex}`,
    );
  }
  return Object.freeze({ layer: 'tcx', direction, ifindex });
}

/** The attach type of a hook (spec 1.3). */
export function attachTypeOf(hook: KernelHook): number {
  return hook.direction === 'ingress' ? attachType.TCX_INGRESS : attachType.TCX_EGRESS;
}

/** The number that names a hook's target in an attr. */
export function targetOf(hook: KernelHook): number {
  return hook.ifindex;
}

/** A hook in words, `tcx/ingress@4`. */
export function describeHook(hook: KernelHook): string {
  return `${hook.layer}/${hook.direction}@${hook.ifindex}`;
}
