/** A member of a chain that a request names, with the words that name it in messages. */
export interface Mark {
  /** From 0. */
  readonly index: number;
  /** As the user wrote it, `before name:fw_*`. */
  readonly label: string;
}

/** Where something is to stand in a chain. */
export interface PlaceRequest {
  /** Members of the chain as it is. */
  readonly count: number;
  readonly first?: boolean;
  readonly last?: boolean;
  readonly before?: readonly Mark[];
  readonly after?: readonly Mark[];
  /** Member whose place is taken; everything else is a check then. */
  readonly replace?: Mark | null;
}

/** The place, or the two parts of the request that contradict each other. */
export type Place =
  /** `least` is the first place that satisfies the request; all from there to `index` do. */
  | { readonly found: true; readonly index: number; readonly least: number }
  | { readonly found: false; readonly between: readonly [string, string] };

interface Bound {
  readonly at: number;
  readonly label: string;
}

/**
 * Chooses the place that satisfies every part of a request: of several the one nearest the end.
 *
 * @returns the index that the new member will have, from 0 to `count`; with `replace` the index of the replaced one
 */
export function choosePlace(request: PlaceRequest): Place {
  const { count } = request;
  const replaced = request.replace ?? null;
  /** How far a place directly before a member is from that member's own index. */
  const beside = replaced === null ? 0 : 1;
  const end = replaced === null ? count : count - 1;
  const lower: Bound[] = [{ at: 0, label: 'first' }];
  const upper: Bound[] = [{ at: end, label: 'last' }];
  if (request.first === true) upper.push({ at: 0, label: 'first' });
  if (request.last === true) lower.push({ at: end, label: 'last' });
  for (const { index, label } of request.before ?? []) upper.push({ at: index - beside, label });
  for (const { index, label } of request.after ?? []) lower.push({ at: index + 1, label });
  // Of bounds that are equally tight the later one is named; what a check contradicts is the replacement.
  if (replaced !== null) {
    lower.push({ at: replaced.index, label: replaced.label });
    upper.push({ at: replaced.index, label: replaced.label });
  }
  const least = lower.reduce((a, b) => (b.at >= a.at ? b : a));
  const most = upper.reduce((a, b) => (b.at <= a.at ? b : a));
  return least.at > most.at
    ? { found: false, between: [least.label, most.label] }
    : { found: true, index: most.at, least: least.at };
}
