/** The owner of one entry of a cgroup's list, as far as it can be told. */
export type EntryOwner =
  | { readonly kind: 'direct' }
  | { readonly kind: 'link'; readonly id: number }
  /** Directly attached or through one of these links; the kernel does not tell which. */
  | { readonly kind: 'unknown'; readonly links: readonly number[] };

/** A link of the same cgroup and attach type. */
export interface CandidateLink {
  readonly id: number;
  readonly programId: number;
}

/**
 * Matches the links of a cgroup hook to its list, which names programs alone (spec 10.7).
 *
 * A program is in a list directly once at the most, and through any number of links (spec 10.3). So entries and links of
 * a program tell how many entries are direct, but where there are several entries, not which.
 *
 * @param programs ids in list order
 * @param whole whether all links are known; otherwise an entry without a known link may have an unknown one
 */
export function matchLinks(
  programs: readonly number[],
  links: readonly CandidateLink[],
  whole: boolean,
): readonly EntryOwner[] {
  return programs.map((program): EntryOwner => {
    const entries = programs.filter((other) => other === program).length;
    const owners = links.filter(({ programId }) => programId === program).map(({ id }) => id);
    const [only] = owners;
    if (entries === 1 && only !== undefined && owners.length === 1) return { kind: 'link', id: only };
    if (entries === 1 && only === undefined && whole) return { kind: 'direct' };
    return { kind: 'unknown', links: owners };
  });
}
