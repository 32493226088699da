/** Where an entry of an effective list comes from, as far as the order tells. */
export interface Attribution {
  /** Index of the list; null where several may be meant. */
  readonly list: number | null;
  /** Index in that list; null where several may be meant. */
  readonly index: number | null;
  /** Whether it has PREORDER; null where the same order comes about with it and without. */
  readonly preorder: boolean | null;
}

/** What an order proves. */
export interface Attributions {
  /** One for each entry of the effective list. */
  readonly entries: readonly Attribution[];
  /** Whether an entry of a list has PREORDER; null where that can't be told. */
  preorder(list: number, index: number): boolean | null;
}

/** Steps after which the search gives up; only lists that repeat programs many times come near. */
const MOST_STEPS = 100_000;

/**
 * Finds out which entry of which list each entry of an effective list is, and which have PREORDER (spec 10.5).
 *
 * The kernel shows neither. An effective list is the PREORDER entries of all lists, ancestors first, and then the others,
 * descendants first; every way to divide the lists that gives this order is tried, and what all of them agree on is known.
 *
 * @param lists ids of the programs of each list that counts, the cgroup's own first
 * @param effective ids in effective order
 * @returns null when the effective list cannot be made of these lists
 */
export function attributeEffective(
  lists: readonly (readonly number[])[],
  effective: readonly number[],
): Attributions | null {
  const places = effective.map(() => new Set<string>());
  const fronts = effective.map(() => new Set<boolean>());
  const preorders = new Map<string, Set<boolean>>();
  const stack: { at: number; place: string; front: boolean }[] = [];
  let steps = 0;
  let found = false;
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  if (total !== effective.length) return null;

  for (let front = 0; front <= total && steps < MOST_STEPS; front++) divide(front, 0, 0, 0);
  if (steps >= MOST_STEPS) return unknown(effective.length);
  if (!found) return null;
  return {
    entries: places.map((names, at) => {
      const pairs = [...names].map((name) => name.split(' ').map(Number) as [number, number]);
      return {
        list: only(new Set(pairs.map(([list]) => list))),
        index: names.size === 1 ? pairs[0]![1] : null,
        preorder: only(fronts[at]!),
      };
    }),
    preorder: (list, index) => only(preorders.get(`${list} ${index}`) ?? new Set<boolean>()),
  };

  /** Divides the lists from one on, where `before` entries stand in front and `behind` behind them already. */
  function divide(front: number, list: number, before: number, behind: number): void {
    if (steps++ >= MOST_STEPS) return;
    const entries = lists[list];
    if (entries === undefined) {
      if (before === front) record();
      return;
    }
    for (let own = 0; own <= Math.min(entries.length, front - before); own++) {
      const from = front - before - own;
      weave(front, list, from, from + own, front + behind, () =>
        divide(front, list + 1, before + own, behind + entries.length - own),
      );
    }
  }

  /** Puts the entries of a list into its part in front, from `at` to `end`, and behind, from `plain` on. */
  function weave(
    front: number,
    list: number,
    at: number,
    end: number,
    plain: number,
    next: () => void,
  ): void {
    const put = (index: number, ahead: number, rest: number): void => {
      if (steps++ >= MOST_STEPS) return;
      const program = lists[list]![index];
      if (program === undefined) {
        if (ahead === end) next();
        return;
      }
      const place = `${list} ${index}`;
      if (ahead < end && effective[ahead] === program) {
        stack.push({ at: ahead, place, front: true });
        put(index + 1, ahead + 1, rest);
        stack.pop();
      }
      if (rest >= front && effective[rest] === program) {
        stack.push({ at: rest, place, front: false });
        put(index + 1, ahead, rest + 1);
        stack.pop();
      }
    };
    put(0, at, plain);
  }

  function record(): void {
    found = true;
    for (const { at, place, front } of stack) {
      places[at]!.add(place);
      fronts[at]!.add(front);
      const known = preorders.get(place);
      if (known === undefined) preorders.set(place, new Set([front]));
      else known.add(front);
    }
  }
}

function unknown(length: number): Attributions {
  const entry = { list: null, index: null, preorder: null };
  return { entries: Array.from({ length }, () => entry), preorder: () => null };
}

function only<Value>(values: ReadonlySet<Value>): Value | null {
  const [first] = values;
  return values.size === 1 && first !== undefined ? first : null;
}
