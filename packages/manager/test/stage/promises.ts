import type { Seen } from './policy-stage.js';
import type { Pair, SetScene } from './set-scene.js';

type Order = Pick<SetScene, 'pairs' | 'first' | 'last'>;

/** Pairs of an order that a chain of names violates, claims against everything that is there. */
export function violations(chain: readonly string[], { pairs, first, last }: Order): readonly Pair[] {
  const names = [...new Set(chain)];
  const all: Pair[] = [
    ...pairs,
    ...names.flatMap((name): Pair[] => [
      ...(first === null || name === first ? [] : [[first, name] as const]),
      ...(last === null || name === last ? [] : [[name, last] as const]),
    ]),
  ];
  return all.filter(([before, after]) => {
    const at = chain.indexOf(after);
    return at >= 0 && chain.lastIndexOf(before) > at;
  });
}

/**
 * What a state between two chains breaks of what `overlap` promises: every program of the policy that is there before and
 * after is there, and the order that holds before and after holds, for every copy.
 */
export function brokenPromises(
  before: readonly string[],
  state: readonly string[],
  after: readonly string[],
  order: Order,
  wanted: readonly string[],
): readonly string[] {
  const gone = wanted.filter(
    (name) => before.includes(name) && after.includes(name) && !state.includes(name),
  );
  const violated = new Set([...violations(before, order), ...violations(after, order)].map(String));
  return [
    ...gone.map((name) => `${name} is missing`),
    ...violations(state, order)
      .filter((pair) => !violated.has(String(pair)))
      .map(([one, other]) => `${one} is not before ${other}`),
  ];
}

/** The part of a chain that is nobody's to move, ids in order. */
export function untouched(chain: readonly Seen[], isOurs: (seen: Seen) => boolean): readonly number[] {
  return chain.filter((seen) => !isOurs(seen)).map(({ program }) => program);
}
