import { type Anchor, combine, MprogError } from '@mprog/core';
import { flag } from '../abi/flag.js';
import { type ObjectReference, sameReference } from './reference.js';

/** Where an attachment stands, in the numbers that an attr carries: every combination, also those that the kernel refuses. */
export interface RawPlacement {
  /** OR of the bits in `flag`. */
  readonly flags: number;
  /** `relative_fd` or, with the ID flag, `relative_id`; 0 for none. */
  readonly relative: number;
  /** `replace_bpf_fd`; 0 for none. */
  readonly replaceFd: number;
}

/** At the end of the chain. */
const append: RawPlacement = Object.freeze({ flags: 0, relative: 0, replaceFd: 0 });

/**
 * Turns anchors into flags and numbers.
 *
 * `first()` is BEFORE and `last()` is AFTER without a relative object. The kernel takes one relative object for all
 * directives of a call, so anchors beside different objects are refused here; everything else passes, and the kernel
 * answers (spec 4.4).
 *
 * @param openProgram gives an fd for a program that `replace` names by its id
 * @throws MprogError `ERR_INVALID_ARGUMENT` when the anchors can't be said in one call
 */
export function placementOf(
  anchors: readonly Anchor<ObjectReference>[],
  openProgram: (id: number) => number,
): RawPlacement {
  if (anchors.length === 0) return append;
  const { before, after, relative, replace } = combine(anchors, sameReference);
  let flags = (before ? flag.BEFORE : 0) | (after ? flag.AFTER : 0);
  if (relative?.by === 'id') flags |= flag.ID;
  if (relative?.kind === 'link') flags |= flag.LINK;
  let replaceFd = 0;
  if (replace !== undefined) {
    if (replace.kind !== 'program') {
      throw new MprogError(
        'ERR_INVALID_ARGUMENT',
        'replace an attachment: name its program; what a link holds is changed by updating the link',
      );
    }
    flags |= flag.REPLACE;
    replaceFd = replace.by === 'fd' ? replace.number : openProgram(replace.number);
  }
  return { flags, relative: relative?.number ?? 0, replaceFd };
}
