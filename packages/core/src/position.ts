/** No directive has named a position yet. */
export const UNFIXED = -2;

/**
 * The position that the directives before and after name together with the one fixed earlier (spec 4.1 #5 to #8,
 * 5.1 #7 to #10).
 *
 * A position is a number from -1 to `count`: before R is index(R) - 1, after R is index(R) + 1; without a relative
 * object before is -1 and after is `count`. All directives given must name the same one.
 *
 * @param fixed the position fixed by the program to be replaced or detached, or {@link UNFIXED}
 * @param related whether a relative object was given
 * @param anchorAt index of the relative object, -1 when it is not on the chain
 * @returns the position, {@link UNFIXED} when nothing names one, or a refusal
 */
export function agreePosition(
  fixed: number,
  before: boolean,
  after: boolean,
  related: boolean,
  anchorAt: number,
  count: number,
): number | 'ENOENT' | 'ERANGE' {
  let position = fixed;
  if (before) {
    if (related && anchorAt < 0) return 'ENOENT';
    const wanted = related ? anchorAt - 1 : -1;
    if (position !== UNFIXED && position !== wanted) return 'ERANGE';
    position = wanted;
  }
  if (after) {
    if (related && anchorAt < 0) return 'ENOENT';
    const wanted = related ? anchorAt + 1 : count;
    if (position !== UNFIXED && position !== wanted) return 'ERANGE';
    position = wanted;
  }
  return position;
}

/** The slot that a position means when something is taken away: -1 is the first, `count` the last one (spec 5.2). */
export function slotOfPosition(position: number, count: number): number {
  if (position === -1) return 0;
  return position === count ? count - 1 : position;
}
