import { kindWanted, type Model } from './model.js';

/**
 * Finds an order that satisfies a problem and keeps much of today's: programs of ours join, one after the other, those
 * that keep today's order as long as that contradicts nothing; the rest go as near to their places as they may.
 *
 * For chains that are too long to look at all orders; it is good, not always the best.
 */
export function steadyTarget(model: Model): readonly number[] {
  const { must, wanted, walls, today, problem } = model;
  const members = [...Array.from({ length: wanted }, (_, thing) => thing), ...walls];
  const reach = closure(members, must, walls);
  const position = new Map<number, number>();
  for (const [index, { thing, copy }] of today.entries()) {
    if (!position.has(thing) || !copy) position.set(thing, index);
  }
  const there = members.filter((thing) => position.has(thing));
  const conflicts = (thing: number) =>
    there.filter((other) => {
      const isEarlier = position.get(other)! < position.get(thing)!;
      return isEarlier ? reach[thing]!.has(other) : reach[other]!.has(thing);
    }).length;
  const canMove = (thing: number) => {
    const own = model.things[thing]!;
    return own.sort === 'own' && !Object.hasOwn(problem.withoutStandIn, own.key);
  };
  const staysKind = (thing: number) =>
    today.some((cell) => cell.thing === thing && cell.kind === kindWanted(model, thing));
  const candidates = there
    .filter((thing) => thing < wanted)
    .map((thing) => ({
      thing,
      free: canMove(thing) ? 1 : 0,
      same: staysKind(thing) ? 0 : 1,
      conflicts: conflicts(thing),
    }))
    .sort(
      (a, b) =>
        a.free - b.free ||
        a.same - b.same ||
        a.conflicts - b.conflicts ||
        position.get(a.thing)! - position.get(b.thing)!,
    );
  const kept = new Set(walls);
  for (const { thing } of candidates) {
    // What is kept is a chain, so that one more closes a cycle only through a pair with one of them.
    const contradicts = [...kept].some((other) =>
      position.get(other)! < position.get(thing)! ? reach[thing]!.has(other) : reach[other]!.has(thing),
    );
    if (contradicts) continue;
    kept.add(thing);
    const chain = [...kept].sort((a, b) => position.get(a)! - position.get(b)!);
    const at = chain.indexOf(thing);
    if (at > 0) join(reach, chain[at - 1]!, thing);
    if (at < chain.length - 1) join(reach, thing, chain[at + 1]!);
  }
  return nearToday(members, reach, (thing) => position.get(thing) ?? today.length + thing);
}

function nearToday(
  members: readonly number[],
  reach: readonly ReadonlySet<number>[],
  rank: (thing: number) => number,
): readonly number[] {
  const left = new Set(members.toSorted((a, b) => rank(a) - rank(b)));
  const target: number[] = [];
  while (left.size > 0) {
    const next = [...left].find((thing) => ![...left].some((other) => reach[other]!.has(thing)))!;
    left.delete(next);
    target.push(next);
  }
  return target;
}

/** What must run after each thing, directly or through others. */
function closure(
  members: readonly number[],
  must: readonly (readonly boolean[])[],
  walls: readonly number[],
): Set<number>[] {
  const reach = must.map(() => new Set<number>());
  for (const a of members) for (const b of members) if (must[a]![b]) reach[a]!.add(b);
  walls.forEach((wall, index) => {
    for (const later of walls.slice(index + 1)) reach[wall]!.add(later);
  });
  for (const via of members) {
    for (const from of members) {
      if (reach[from]!.has(via)) for (const to of reach[via]!) reach[from]!.add(to);
    }
  }
  return reach;
}

function join(reach: readonly Set<number>[], before: number, after: number): void {
  if (reach[before]!.has(after)) return;
  const gained = [after, ...reach[after]!];
  reach.forEach((later, thing) => {
    if (thing === before || later.has(before)) for (const each of gained) later.add(each);
  });
}
