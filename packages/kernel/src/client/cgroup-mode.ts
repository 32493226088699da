import { MprogError } from '@mprog/core';
import { flag } from '../abi/flag.js';
import type { KernelHook } from './hook.js';
import type { RawPlacement } from './placement.js';

/**
 * How programs share a cgroup (spec 10.1, 10.5): `none`, one program that cgroups below may not add to; `override`, one
 * that acts below until a cgroup there has its own; `multi`, many, which act below together with those there.
 */
export type CgroupMode = 'none' | 'override' | 'multi';

const bits: Readonly<Record<CgroupMode, number>> = {
  none: 0,
  override: flag.ALLOW_OVERRIDE,
  multi: flag.ALLOW_MULTI,
};

/** What only a cgroup hook takes. */
export interface CgroupOptions {
  /** `multi` when absent. */
  readonly mode?: CgroupMode;
  /** Whether the program runs before those of cgroups below instead of after them (spec 10.5). */
  readonly preorder?: boolean;
}

/** The mode that the attach flags of a query stand for. */
export function cgroupModeOf(attachFlags: number): CgroupMode {
  if ((attachFlags & flag.ALLOW_MULTI) !== 0) return 'multi';
  return (attachFlags & flag.ALLOW_OVERRIDE) !== 0 ? 'override' : 'none';
}

/**
 * Adds to a placement what the options say of a cgroup hook.
 *
 * @param kind links are always in mode multi and carry no bit for it
 * @throws MprogError `ERR_INVALID_ARGUMENT` for options that the hook or a link does not take
 */
export function withCgroupOptions(
  hook: KernelHook,
  placement: RawPlacement,
  { mode, preorder }: CgroupOptions,
  kind: 'program' | 'link',
): RawPlacement {
  if (hook.layer !== 'cgroup') {
    if (mode === undefined && preorder === undefined) return placement;
    throw new MprogError(
      'ERR_INVALID_ARGUMENT',
      `attach to a ${hook.layer} hook: mode and preorder are for cgroups`,
    );
  }
  if (kind === 'link' && mode !== undefined && mode !== 'multi') {
    throw new MprogError('ERR_INVALID_ARGUMENT', 'attach to a cgroup by a link: its mode is always multi');
  }
  const modeBits = kind === 'link' ? 0 : bits[mode ?? 'multi'];
  const { flags, relative, replaceFd } = placement;
  return { flags: flags | modeBits | (preorder === true ? flag.PREORDER : 0), relative, replaceFd };
}
