import { Draft, type Move } from './draft.js';
import { longestKept } from './longest-kept.js';
import { kindWanted, type Model } from './model.js';
import { placesFor } from './place.js';

/**
 * Brings a chain to a target by removing and inserting alone; each program that moves is inserted as soon as it is removed.
 *
 * @returns null when there is no way to say a place
 */
export function gapMoves(model: Model, target: readonly number[]): readonly Move[] | null {
  const longest = longestKept(model, target, ({ thing, kind, copy }) => {
    if (thing >= model.wanted || kind !== kindWanted(model, thing)) return 0;
    return copy ? 1000 : 1001;
  });
  const kept = model.today.filter(({ id }) => longest.has(id));
  const standing = new Set(kept.map(({ thing }) => thing));
  const pending = target.filter((thing) => !standing.has(thing));
  const rank = new Map(target.map((thing, index) => [thing, index]));
  let draft = new Draft(model);
  const settled = new Map(kept.map(({ id, thing }) => [id, rank.get(thing)!]));
  const removeOthers = (isGoing: (thing: number) => boolean) => {
    for (const { id, thing } of [...draft.cells]) {
      if (!settled.has(id) && isGoing(thing)) draft.remove(draft.indexOf(id));
    }
  };
  // Where an entry has to stand beside its own kind, what goes may be needed as its neighbour.
  if (!model.problem.rules.besideSameKind || draft.isFull) removeOthers((thing) => !pending.includes(thing));
  while (pending.length > 0) {
    const next = pending.findIndex((thing) => {
      const before = draft.copy();
      removeOthers((other) => other === thing);
      const kind = kindWanted(model, thing);
      const [index] = placesFor(draft, kind, rank.get(thing)!, settled);
      if (index !== undefined) settled.set(draft.insert(index, thing, kind), rank.get(thing)!);
      else draft = before;
      return index !== undefined;
    });
    if (next < 0) return null;
    pending.splice(next, 1);
  }
  removeOthers(() => true);
  return draft.moves;
}
