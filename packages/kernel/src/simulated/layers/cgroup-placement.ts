import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import type { Call } from '../call.js';
import type { Failure } from '../lookup.js';
import type { CgroupEntry } from '../objects/cgroup.js';
import { hasRelative, relativeObject } from './relative.js';

/** Where a new entry is to stand. */
export interface CgroupPlacement {
  readonly flags: number;
  /** Fd or id of the entry to stand beside. */
  readonly relative: number;
}

/**
 * Finds the place of a new entry in a cgroup's list (spec 10.3.1).
 *
 * @param kind what the new entry is: a program can stand beside programs alone, a link beside links alone
 * @returns the index from which on entries move up, or a negated error number
 */
export function placeEntry(
  call: Call,
  entries: readonly CgroupEntry[],
  { flags, relative }: CgroupPlacement,
  kind: 'program' | 'link',
): number | Failure {
  const before = (flags & flag.BEFORE) !== 0;
  const after = (flags & flag.AFTER) !== 0;
  if (!hasRelative(flags, relative)) {
    if (before && after && entries.length > 0) return -errno.EINVAL;
    return before ? 0 : entries.length;
  }
  const anchorKind = (flags & flag.LINK) !== 0 ? 'link' : 'program';
  if (before === after || anchorKind !== kind) return -errno.EINVAL;
  const anchor = relativeObject(call, flags, relative);
  if (typeof anchor === 'number') return anchor;
  const index = entries.findIndex(({ owner }) => owner === anchor);
  if (index < 0) return -errno.ENOENT;
  if (entries[index]!.preorder !== isPreorder(flags)) return -errno.EINVAL;
  return before ? index : index + 1;
}

/** Whether an entry is to run before those of descendants (spec 10.5). */
export function isPreorder(flags: number): boolean {
  return (flags & flag.PREORDER) !== 0;
}
