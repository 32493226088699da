import type { Model } from './model.js';

/**
 * Whether `overlap` can't move anything: the hook is full, and everything on it has to be there all the time. Only the order
 * of today is to be had then; looking at all the others would take long on a cgroup that is full.
 */
export function isStuck({ problem, today, wanted, walls, size }: Model): boolean {
  if (problem.strategy !== 'overlap') return false;
  const count = today.reduce((sum, { thing }) => sum + size[thing]!, 0);
  if (count < problem.rules.capacity) return false;
  const copies = (thing: number) => today.filter((cell) => cell.thing === thing).length;
  return today.every(({ thing }) => walls.includes(thing) || (thing < wanted && copies(thing) === 1));
}

/** Today's order where it satisfies the problem, or null. */
export function targetOfToday({ today, wanted, must, things }: Model): readonly number[] | null {
  const target = today.map(({ thing }) => thing);
  const isWhole = Array.from({ length: wanted }, (_, thing) => thing).every((thing) =>
    target.includes(thing),
  );
  const isOrdered = target.every((later, index) =>
    target.slice(0, index).every((earlier) => !must[later]![earlier]),
  );
  const isRight = today.every(({ thing, kind }) => {
    const own = things[thing]!;
    return own.sort !== 'own' || own.wanted === kind;
  });
  return isWhole && isOrdered && isRight ? target : null;
}
