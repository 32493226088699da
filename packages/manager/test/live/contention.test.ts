import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno, Kernel, type Laboratory, programType } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Attempt, applied } from '../../../conformance/test/check-history.js';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { PolicyManager } from '../../src/policy-manager.js';
import { contend } from '../contention/contend.js';
import { type CrashTarget, onHook } from '../crash/crash-machine.js';
import { performTask, type TaskOutcome } from '../crash/perform-task.mjs';
import { policyText } from '../crash/policy-text.js';
import { provideObjects } from '../crash/provide-objects.js';
import type { CrashLayer } from '../crash/scenarios.js';
import { look } from '../crash/sighting.js';
import { scratchDirectory } from '../scratch-directory.js';

vi.setConfig({ testTimeout: 240_000 });

const ROUNDS = 5;
const CHANGES = 30;
/** Applies that either policy needs at the most, once nobody else changes anything. */
const SETTLED_AFTER = 3;

liveSuite('processes that apply policies to one hook', () => {
  let laboratory: Laboratory;
  let root: string;
  beforeEach(() => {
    laboratory = openLinuxLaboratory();
    root = scratchDirectory('mprog-crash-');
  });
  afterEach(() => {
    laboratory.close();
    rmSync(root, { recursive: true, force: true });
  });

  function makeTarget(layer: CrashLayer): CrashTarget {
    if (layer === 'cgroup') return { layer, name: laboratory.addCgroup() };
    const ifindex = laboratory.addDevice('eth0');
    // With clsact the revision goes on when the last program leaves.
    laboratory.setQdisc(ifindex, 'clsact', true);
    return { layer, name: 'eth0' };
  }

  /** Writes a policy with its objects; returns its directory. */
  function write(
    name: string,
    target: CrashTarget,
    options: Omit<Parameters<typeof policyText>[0], 'layer'>,
  ) {
    const directory = join(root, name);
    provideObjects(directory, target.layer);
    writeFileSync(
      join(directory, 'policy.yaml'),
      policyText({ layer: target.layer, ...options })(target.name),
    );
    return directory;
  }

  const applier = (stateDirectory: string, directories: readonly string[], rounds = ROUNDS) => ({
    script: 'applier.mjs',
    order: { stateDirectory, directories, rounds },
  });

  function agent(target: CrashTarget) {
    const type = target.layer === 'tcx' ? programType.SCHED_CLS : programType.CGROUP_SKB;
    const kernel = new Kernel(laboratory.host);
    const own = Array.from({ length: 3 }, () => kernel.programs.info(laboratory.loadVerdict(1, { type })).id);
    const where = onHook(laboratory.host, target, (hook) => ('ifindex' in hook ? hook.ifindex : target.name));
    return {
      script: '../../../conformance/test/live/contender.mjs',
      order: { layer: target.layer, target: where, own, changes: CHANGES, seed: 618 },
    };
  }

  const apply = (stateDirectory: string, directory: string): readonly TaskOutcome[] => {
    const manager = new PolicyManager({ kernel: new Kernel(laboratory.host), stateDirectory });
    return performTask(manager, { kind: 'apply', directory, force: false });
  };

  const sighting = (target: CrashTarget) =>
    look({ target, scenario: { foreign: [] }, use: (action) => action(laboratory.host) });

  function expectRefusedAsStale(outcomes: readonly TaskOutcome[]): void {
    const codes = outcomes.flatMap(({ error }) => (error === null ? [] : [error.code]));
    expect(
      codes.filter((code) => code !== 'ESTALE'),
      JSON.stringify(outcomes),
    ).toEqual([]);
  }

  describe.each(['tcx', 'cgroup'] as const)('on a %s hook', (layer) => {
    test.each(['one state directory', 'a state directory each'])(
      'two with policies that fit together, and an agent that knows nothing of them, by %s',
      async (sharing) => {
        const target = makeTarget(layer);
        const one = [
          write('a1', target, { order: ['b', 'a'], attach: 'link', strategy: 'overlap', claim: 'first: b' }),
          write('a2', target, { order: ['a', 'b'], attach: 'link', strategy: 'overlap', claim: 'first: a' }),
        ];
        const other = [
          write('b1', target, {
            order: ['d', 'c'],
            attach: 'program',
            strategy: 'in-place',
            claim: 'last: c',
          }),
          write('b2', target, {
            order: ['c', 'd'],
            attach: 'program',
            strategy: 'overlap',
            claim: 'last: d',
          }),
        ];
        const shared = sharing === 'one state directory';
        const states = shared ? [root, root] : [join(root, 'one'), join(root, 'other')];
        const answers = await contend([applier(states[0]!, one), applier(states[1]!, other), agent(target)]);
        const [first, second] = answers.slice(0, 2) as (readonly TaskOutcome[])[];
        const attempts = answers[2] as readonly Attempt[];
        expectRefusedAsStale([...first!, ...second!]);
        const refused = attempts.filter(({ result }) => result !== 0);
        expect(refused.filter(({ result }) => result !== -errno.ESTALE)).toEqual([]);
        for (const outcomes of [first!, second!])
          expect(outcomes.some(({ outcome }) => outcome === 'changed')).toBe(true);

        let rounds = 0;
        for (let isSettled = false; !isSettled; rounds++) {
          const outcomes = [...apply(states[0]!, one[1]!), ...apply(states[1]!, other[1]!)];
          for (const { error } of outcomes) expect(error).toBe(null);
          isSettled = outcomes.every(({ outcome }) => outcome === 'unchanged');
        }
        expect(rounds).toBeLessThanOrEqual(SETTLED_AFTER);

        const { chain, pins } = sighting(target);
        const keys = chain.map(({ key }) => key);
        const others = keys.filter((key) => key.startsWith('id:'));
        expect(keys).toEqual(['a', ...keys.slice(1, -1), 'd']);
        expect([...keys].sort()).toEqual(['a', 'b', 'c', 'd', ...others].sort());
        expect(chain.filter(({ id, original }) => id !== original)).toEqual([]);
        const last = attempts.filter(({ result }) => result === 0).at(-1)!;
        const own = new Set(attempts.map(({ change }) => change.program));
        const left = applied(last.change, last.list).filter((id) => own.has(id));
        expect(others).toEqual(left.map((id) => `id:${id}`));
        expect(
          Object.entries(pins)
            .map(([path, held]) => `${path.split('/').at(-1)}: ${held}`)
            .sort(),
        ).toEqual(
          [
            'a: link a',
            'a: program a',
            'b: link b',
            ...['b', 'c', 'd'].map((key) => `${key}: program ${key}`),
          ].sort(),
        );
      },
    );

    test('two with the same policy, on a hook without any program', async () => {
      const target = makeTarget(layer);
      const directory = write('policy', target, {
        order: ['a', 'b', 'c'],
        attach: 'link',
        strategy: 'overlap',
      });
      const answers = await contend([applier(root, [directory], 1), applier(root, [directory], 1)]);
      expectRefusedAsStale((answers as (readonly TaskOutcome[])[]).flat());
      for (const { error } of apply(root, directory)) expect(error).toBe(null);
      expect(apply(root, directory)).toMatchObject([{ outcome: 'unchanged' }]);
      const { chain, pins } = sighting(target);
      expect(chain.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
      expect(Object.values(pins).sort()).toEqual([
        'link a',
        'link b',
        'link c',
        'program a',
        'program b',
        'program c',
      ]);
    });
  });
});
