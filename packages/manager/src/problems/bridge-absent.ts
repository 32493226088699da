import type { Constraint } from '../planner/problem.js';

/**
 * Constraints without those keys that are absent: what must come before one of them comes before all that must come after
 * it, so that an order holds also where one in the middle is not on the hook.
 */
export function bridgeAbsent(
  constraints: readonly Constraint[],
  isPresent: (key: string) => boolean,
): readonly Constraint[] {
  let left = constraints;
  const absent = new Set(
    constraints.flatMap(({ before, after }) => [before, after]).filter((key) => !isPresent(key)),
  );
  for (const key of absent) {
    const into = left.filter(({ after }) => after === key);
    const out = left.filter(({ before }) => before === key);
    const bridges = into.flatMap((one) =>
      out.map(
        (other): Constraint => ({
          before: one.before,
          after: other.after,
          source: { where: one.source.where, words: joined(one.source.words, other.source.words) },
        }),
      ),
    );
    left = unique([...left.filter(({ before, after }) => before !== key && after !== key), ...bridges]);
  }
  return left;
}

function joined(one: string, other: string): string {
  return one === other ? one : `${one}, ${other}`;
}

function unique(constraints: readonly Constraint[]): readonly Constraint[] {
  const seen = new Set<string>();
  return constraints.filter(({ before, after }) => {
    const pair = JSON.stringify([before, after]);
    if (before === after || seen.has(pair)) return false;
    seen.add(pair);
    return true;
  });
}
