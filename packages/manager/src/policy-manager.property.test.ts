import { rmSync } from 'node:fs';
import { env } from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchDirectory } from '../test/scratch-directory.js';
import { keptScenes } from '../test/stage/kept-scenes.js';
import { PolicyStage, type Seen } from '../test/stage/policy-stage.js';
import { brokenPromises, untouched, violations } from '../test/stage/promises.js';
import { anyScene, type Scene } from '../test/stage/scene.js';
import { setScene } from '../test/stage/set-scene.js';
import type { MutatingCall } from '../test/stage/watched-host.js';

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const RUNS = env.MPROG_RUNS === undefined ? 50 : Number(env.MPROG_RUNS);

describe.each(['tcx', 'cgroup'] as const)('a policy on a hook of %s', (layer) => {
  let directory: string;
  beforeAll(() => {
    directory = scratchDirectory('mprog-property-');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function check(scene: Scene, count: (what: string) => void): void {
    using stage = new PolicyStage(layer, directory);
    const { policy, wanted, original, killed, nameOf, ...order } = setScene(stage, scene);
    const isOurs = (seen: Seen) => seen.standIn || wanted.includes(nameOf(seen));
    const before = stage.chain();
    const names = (chain: readonly Seen[]) => chain.map(nameOf);
    const states: (readonly Seen[])[] = [];
    const [outcome] = stage.run(
      ({ policies }) => {
        const work = policies.plan(policy);
        const [plan] = work.plan.hooks;
        if (layer === 'cgroup' && plan?.error?.code === 'EINVAL') return [null];
        expect(plan?.error).toBeNull();
        return [...policies.apply(work, { force: true })];
      },
      { after: () => states.push(stage.chain()) },
    );
    if (outcome === null) {
      // Links and direct attachments of a cgroup cannot stand everywhere (spec 10.3.1).
      count('no place');
      return;
    }
    expect(outcome?.error).toBeNull();
    const after = stage.chain();
    const end = names(after);
    count(outcome!.outcome);
    if (killed) count('killed');
    const programs = after.filter((seen) => !isOurs(seen)).map(({ program }) => program);
    const isRepeated = new Set(programs).size < programs.length;
    if (isRepeated && outcome!.steps > 0) count('beside what is there several times');
    if (outcome!.attempts > 1) count('planned again');
    if (outcome!.steps > 0) count(scene.strategy);

    // The result.
    expect(violations(end, order)).toEqual([]);
    for (const name of wanted) expect(end.filter((other) => other === name)).toEqual([name]);
    expect(after.filter(({ standIn }) => standIn)).toEqual([]);
    const links = stage.links();
    const pins = stage.pins();
    for (const seen of after.filter(isOurs)) {
      const name = nameOf(seen);
      const pin = pins.get(`/sys/fs/bpf/mprog/programs/${name}`);
      // One that is there and stays where it is needs none.
      if (pin !== undefined || !names(before).includes(name)) expect(pin).toBe(`program ${seen.program}`);
      const [link] = links.get(seen.program) ?? [];
      expect(link === undefined ? 'direct' : 'link').toBe(scene.attach);
      if (link === undefined || outcome!.steps === 0) continue;
      const paths = [...pins].filter(([, what]) => what.startsWith(`link ${link} `)).map(([path]) => path);
      expect(paths.some((path) => path === `${stage.linkPins}/${name}` || path.includes('/mine/'))).toBe(
        true,
      );
    }

    // What is not ours.
    if (scene.others !== 'remove') {
      const isMovable = (seen: Seen) => isOurs(seen) || (killed && nameOf(seen).startsWith('p'));
      expect(untouched(after, isMovable)).toEqual(untouched(before, isMovable));
      // Whatever a kill took off has come back, and nothing is there twice.
      expect(end.filter((name) => original.includes(name)).sort()).toEqual([...original].sort());
    }
    // What others: remove asks for.
    else expect(end.filter((name) => !wanted.includes(name) && !policy.programs.has(name))).toEqual([]);

    // The states between.
    if (scene.strategy === 'overlap') {
      for (const state of states) {
        expect(brokenPromises(names(before), names(state), end, order, wanted)).toEqual([]);
      }
    }

    // Nothing is left over; a program that a kill left without its name waits for a change that gives it one.
    const isLeft = (path: string) => path.includes('/stand-ins/') || /~(?!new$)/.test(path);
    expect([...pins.keys()].filter(isLeft)).toEqual([]);

    // Again.
    const calls: MutatingCall[] = [];
    const [second] = stage.run(
      ({ policies }) => {
        const work = policies.plan(policy);
        expect(work.plan.changes).toBe(false);
        return [...policies.apply(work, { force: true })];
      },
      {
        before: (call) => {
          calls.push(call);
          return null;
        },
      },
    );
    expect(second).toMatchObject({ outcome: 'unchanged', error: null, steps: 0, waits: 0, entry: null });
    expect(calls).toEqual([]);
  }

  test(`any satisfiable policy is satisfied, and nothing is done the second time (seed ${seed}, MPROG_SEED sets another)`, {
    timeout: 300_000,
  }, () => {
    const counts = new Map<string, number>();
    fc.assert(
      fc.property(anyScene, (scene) => check(scene, (what) => counts.set(what, (counts.get(what) ?? 0) + 1))),
      { seed, numRuns: RUNS, examples: keptScenes.map((scene) => [scene] as [Scene]) },
    );
    for (const what of ['changed', 'unchanged', 'killed', 'overlap', 'in-place', 'gap']) {
      expect([what, counts.get(what) ?? 0]).not.toEqual([what, 0]);
    }
    if (env.MPROG_COUNTS !== undefined) console.log(layer, counts);
  });
});
