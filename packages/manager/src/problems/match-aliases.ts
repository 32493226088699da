import type { Claim, Constraint } from '../planner/problem.js';

/** For the name of a `match` the keys of programs which it means and that are put in order all the same. */
export type MatchAliases = ReadonlyMap<string, readonly string[]>;

/** What is said of a `match` is said of each of them too. */
export function aliasedConstraints(
  constraints: readonly Constraint[],
  aliases: MatchAliases,
): readonly Constraint[] {
  const keys = (name: string) => [name, ...(aliases.get(name) ?? [])];
  return constraints.flatMap((constraint) =>
    keys(constraint.before).flatMap((before) =>
      keys(constraint.after).flatMap((after) => (before === after ? [] : [{ ...constraint, before, after }])),
    ),
  );
}

/** A claim is one program's. */
export function aliasedClaim(claim: Claim | null, aliases: MatchAliases): Claim | null {
  const [key] = claim === null ? [] : (aliases.get(claim.key) ?? []);
  return claim === null || key === undefined ? claim : { ...claim, key };
}
