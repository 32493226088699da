import type { Step } from './chain-plan.js';
import type { Entry, Problem } from './problem.js';

/** What a plan begins with whatever its target, and the chain after it. */
export interface Opening {
  readonly steps: readonly Step[];
  readonly chain: readonly Entry[];
}

/**
 * Takes away copies whose place is unknown, those of one program one after the other, puts newer versions into the places of
 * older ones, and takes away what is to leave.
 *
 * Where an entry can be placed beside its own kind alone, the others that leave may be needed as neighbours and stay for now.
 */
export function openingOf({ today, wanted, rules }: Problem): Opening {
  const steps: Step[] = [];
  let chain = today;
  const isCurrent = ({ role, key, standIn, outdated }: Entry, of: string) =>
    role === 'own' && key === of && !standIn && !outdated;
  const kinds = new Map(wanted.map(({ key, kind }) => [key, kind]));
  const untold = chain.filter((entry) => entry.untold === true && entry.role !== 'wall');
  for (const key of new Set(untold.map((entry) => entry.key))) {
    const copies = untold.filter((entry) => entry.key === key);
    const own = copies.filter(({ role }) => role === 'own');
    const right = own.filter(({ kind }) => kind === kinds.get(key));
    const kept = right.find(({ outdated }) => !outdated) ?? right[0] ?? own[0];
    for (const entry of copies) {
      if (entry === kept) continue;
      const index = chain.indexOf(entry);
      chain = chain.toSpliced(index, 1);
      steps.push({ kind: 'remove', index, entry, after: chain });
    }
  }
  for (const [index, entry] of [...chain].entries()) {
    if (entry.role !== 'own' || !entry.outdated || entry.standIn || !kinds.has(entry.key)) continue;
    if (chain.some((other) => isCurrent(other, entry.key))) continue;
    if (!rules.replaceWhenFull && entry.kind === 'direct' && chain.length >= rules.capacity) continue;
    const by: Entry = { ...entry, outdated: false };
    chain = chain.with(index, by);
    steps.push({ kind: 'replace', index, entry, by, after: chain });
  }
  if (rules.besideSameKind) return { steps, chain };
  for (let index = chain.findIndex(isLeaving); index >= 0; index = chain.findIndex(isLeaving)) {
    const entry = chain[index]!;
    chain = chain.toSpliced(index, 1);
    steps.push({ kind: 'remove', index, entry, after: chain });
  }
  return { steps, chain };
}

function isLeaving({ role }: Entry): boolean {
  return role === 'leaving';
}
