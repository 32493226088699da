import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { scratchDirectory } from '../test/scratch-directory.js';
import { PolicyStage } from '../test/stage/policy-stage.js';
import type { PolicyManager } from './policy-index.js';

// Each change is synced to the disk, which a busy machine may take seconds for.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: string;
beforeAll(() => {
  directory = scratchDirectory('mprog-undo-after-kill-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(['tcx', 'cgroup'] as const)('on %s', (layer) => {
  test.each([
    ['link', 'overlap'],
    ['program', 'overlap'],
  ] as const)(
    'what finished a killed change by %s, %s, is undone to programs, never to stand-ins',
    (attach, strategy) => {
      for (let calls = 0; ; calls++) {
        using stage = new PolicyStage(layer, directory);
        const programs = { a: { object: stage.writeObject('a') }, b: { object: stage.writeObject('b', 1) } };
        const policy = (...order: string[]) => stage.policy(programs, { order, attach, strategy });
        const apply = (policies: PolicyManager, order: readonly string[]) => [
          ...policies.apply(policies.plan(policy(...order))),
        ];
        stage.run(({ policies }) => apply(policies, ['a', 'b']));
        const before = stage.chain().map(({ program }) => program);
        if (!stage.kill(calls, (policies) => apply(policies, ['b', 'a']))) break;
        const finished = stage.run(({ policies }) => apply(policies, ['b', 'a']));
        expect([calls, finished[0]?.error]).toEqual([calls, null]);
        const undone = stage.run(({ policies }) => [...policies.undo(policies.planUndo())]);
        expect([calls, undone.map(({ error }) => error)]).toEqual([calls, undone.map(() => null)]);
        const chain = stage.chain();
        expect([calls, chain.filter(({ standIn }) => standIn)]).toEqual([calls, []]);
        expect([calls, chain.map(({ program }) => program).sort()]).toEqual([calls, before.toSorted()]);
      }
    },
  );
});
