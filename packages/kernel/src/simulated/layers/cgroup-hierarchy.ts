import { flag } from '../../abi/flag.js';
import type { Cgroup, CgroupEntry } from '../objects/cgroup.js';

/** An entry that acts in a cgroup, and the cgroup whose list it is in. */
export interface EffectiveEntry {
  readonly entry: CgroupEntry;
  readonly cgroup: Cgroup;
}

/** Whether the ancestors of a cgroup let programs be attached to it (spec 10.5). */
export function ancestorsAllow(cgroup: Cgroup, attachType: number): boolean {
  for (let ancestor = cgroup.parent; ancestor !== null; ancestor = ancestor.parent) {
    const hook = ancestor.hooks.get(attachType);
    if (hook === undefined || hook.entries.length === 0) continue;
    return hook.mode !== 0;
  }
  return true;
}

/** What acts in a cgroup, its own entries and those of its ancestors, in run order (spec 10.5). */
export function effectiveEntries(cgroup: Cgroup, attachType: number): readonly EffectiveEntry[] {
  const front: EffectiveEntry[] = [];
  const plain: EffectiveEntry[] = [];
  for (const at of upwards(cgroup)) {
    const hook = at.hooks.get(attachType);
    if (hook === undefined) continue;
    const collected = front.length + plain.length;
    if (collected > 0 && (hook.mode & flag.ALLOW_MULTI) === 0) continue;
    const owned = hook.entries.map((entry): EffectiveEntry => ({ entry, cgroup: at }));
    front.unshift(...owned.filter(({ entry }) => entry.preorder));
    plain.push(...owned.filter(({ entry }) => !entry.preorder));
  }
  return [...front, ...plain];
}

/** A cgroup, its parent and so on to the root. */
function* upwards(cgroup: Cgroup): Generator<Cgroup, void, undefined> {
  for (let at: Cgroup | null = cgroup; at !== null; at = at.parent) yield at;
}
