import type { OwnScene, Scene, WallScene } from './scene.js';

const link: OwnScene = { today: 'current', kind: 'link', pin: 'itself', named: true };
const absent: OwnScene = { today: 'absent', kind: 'direct', pin: 'itself', named: true };
const direct: OwnScene = { ...link, kind: 'direct' };
const wall: WallScene = { kind: 'direct', name: 0, matched: false, again: false, front: false };

/** A scene whose earlier apply was killed before one of its changes; all draws are 0 but those that are given. */
function killed(
  calls: number,
  own: readonly OwnScene[],
  walls: readonly WallScene[],
  draws: Readonly<Record<number, number>>,
): Scene {
  return {
    own,
    walls,
    ranks: Array.from({ length: 40 }, (_, index) => draws[index] ?? 0),
    interrupted: { strategy: 'overlap', calls },
    pairs: null,
    first: false,
    last: false,
    strategy: 'overlap',
    attach: 'link',
    others: 'keep',
  };
}

const walls = [wall, wall, wall, wall];
const turns = { 8: 111_807, 9: 318_124 };

/** Scenes on a cgroup that a random search needed hundreds of tries for. */
export const keptScenes: readonly Scene[] = [
  // The link of a program that the policy does not name has its new place, but not its name.
  killed(21, [{ ...link, named: false }, { ...link, today: 'older' }, absent, absent], [], { 5: 345_505 }),
  // A second link of such a program has the name that another link waits beside.
  killed(26, [{ ...link, named: false }, link, direct], walls, turns),
  // The link of such a program waits beside a name that another one keeps; its own is free by the end.
  killed(29, [{ ...link, named: false }, { ...link, pin: 'something' }, direct], walls, turns),
];
