import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import type { ErrnoName } from '@mprog/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchDirectory } from '../test/scratch-directory.js';
import { type FaultScene, faultScenes } from '../test/stage/fault-scenes.js';
import { PolicyStage, type StageLayer } from '../test/stage/policy-stage.js';
import type { MutatingCall, Watcher } from '../test/stage/watched-host.js';
import type { JournalRecord } from './journal/journal-record.js';
import type { HookOutcome } from './policy-index.js';

/** Every how manieth call fails; all of them with `MPROG_FAULTS=all`. */
const STEP = process.env.MPROG_FAULTS === 'all' ? 1 : 3;

const codes: readonly ErrnoName[] = ['EPERM', 'ENOMEM', 'EBUSY', 'EIO', 'EINVAL', 'ENOENT'];

let directory: string;
beforeAll(() => {
  directory = scratchDirectory('mprog-faults-');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The chain, and what is pinned for it: links may be others, but hold the same. */
function stateOf(
  stage: PolicyStage,
  nameOf = (program: number) => String(program),
  hidden = /\/(?:undo|programs)\//,
): object {
  const pins = [...stage.pins()].flatMap(([path, what]) =>
    hidden.test(path)
      ? []
      : [[path, what.replace(/link \d+ of (\d+)/, (_, program) => `link of ${nameOf(Number(program))}`)]],
  );
  const links = [...stage.links()].map(([program, ids]) => [nameOf(program), ids.length]).sort();
  const chain = stage.chain().map(({ program, standIn }) => (standIn ? 'stand-in' : nameOf(program)));
  return { chain, pins, links };
}

/** The same in names, since every load gives another id. */
function endOf(stage: PolicyStage): object {
  const names = new Map(
    [...stage.pins()].flatMap(([path, what]) => {
      const name = /\/programs\/(.*)$/.exec(path)?.[1];
      return name === undefined ? [] : [[Number(what.replace('program ', '')), name]];
    }),
  );
  return stateOf(stage, (program) => names.get(program) ?? 'another');
}

function journal(stage: PolicyStage): readonly JournalRecord[] {
  return readFileSync(join(stage.state(), 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalRecord);
}

/** Carries a scene out; an error that stops everything is a code. */
function carryOut(
  stage: PolicyStage,
  scene: FaultScene,
  watcher: Watcher,
): readonly HookOutcome[] | MprogError {
  try {
    return stage.run(({ policies }) => scene.act(stage, policies), watcher);
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
}

/** Whatever happened, trying again ends where a change without faults ends. */
function checkAgain(stage: PolicyStage, scene: FaultScene, end: object): void {
  const again = carryOut(stage, scene, {});
  if (again instanceof Error && again.message.includes('mprog undo brings that back')) {
    const undone = stage.run(({ policies }) => [...policies.undo(policies.planUndo())]);
    expect(undone.map(({ error }) => error)).toEqual([null]);
    checkAgain(stage, scene, end);
    return;
  }
  if (again instanceof Error) throw again;
  expect(again.map(({ error }) => error)).toEqual(again.map(() => null));
  expect(endOf(stage)).toEqual(end);
}

/** Each layer goes its own ways in few places alone, so that one of them is looked at in all. */
function isChosen(layer: StageLayer, kind: string, strategy: string, { name }: FaultScene): boolean {
  return (
    layer === 'tcx' || (name === 'apply' ? strategy !== 'gap' : kind === 'link' && strategy === 'overlap')
  );
}

const matrix = (['tcx', 'cgroup'] as const).flatMap((layer) =>
  (['link', 'direct'] as const).flatMap((kind) =>
    (['overlap', 'in-place', 'gap'] as const).flatMap((strategy) =>
      faultScenes(kind, strategy)
        .filter((scene) => isChosen(layer, kind, strategy, scene))
        .map((scene) => ({ layer, kind, strategy, scene, title: scene.name })),
    ),
  ),
);

describe.each(matrix)('$title on $layer by $kind, $strategy', ({ layer, scene }) => {
  // Loading a newer version keeps the older one for undoing that, whatever becomes of the hooks.
  const kept = scene.name === 'apply' ? /\/(?:undo|programs)\// : /\/programs\//;

  function count(): { readonly calls: readonly MutatingCall[]; readonly end: object } {
    using stage = new PolicyStage(layer as StageLayer, directory);
    scene.prepare(stage);
    const calls: MutatingCall[] = [];
    const outcomes = carryOut(stage, scene, {
      before: (call) => {
        calls.push(call);
        return null;
      },
    });
    if (outcomes instanceof Error) throw outcomes;
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['changed']);
    return { calls, end: endOf(stage) };
  }

  test('a call that fails once leaves everything as it was', () => {
    const { calls, end } = count();
    let undone = 0;
    for (let n = 0; n < calls.length; n += STEP) {
      using stage = new PolicyStage(layer, directory);
      scene.prepare(stage);
      const before = stateOf(stage, String, kept);
      const recorded = journal(stage).length;
      let at = 0;
      const code = codes[n % codes.length]!;
      const words = `${calls[n]} ${n} ${code}`;
      const outcome = carryOut(stage, scene, { before: () => (at++ === n ? code : null) });
      if (outcome instanceof Error) {
        expect([words, stateOf(stage, String, kept)]).toEqual([words, before]);
      } else if (outcome[0]?.outcome === 'failed') {
        expect([words, stateOf(stage, String, kept), outcome[0].error?.message]).toEqual([
          words,
          before,
          outcome[0].error?.message,
        ]);
        const said = outcome[0].error?.code ?? '';
        expect([words, [code, 'ERR_NO_STAND_IN']]).toEqual([words, expect.arrayContaining([said])]);
        const records = journal(stage).slice(recorded);
        const planned = records.filter(({ operation }) => operation === 'plan');
        if (planned.length > 0) {
          expect(planned.at(-1)).toMatchObject({ phase: 'after', outcome: 'failed', error: said });
        }
        undone++;
      } else {
        // What is only tidied up is no reason to fail; a pin of nothing that stays is said, and swept by the next change.
        const stays = outcome.some(({ notes }) => notes.some((note) => note.includes(' stays: ')));
        if (!stays) expect([words, endOf(stage)]).toEqual([words, end]);
      }
      checkAgain(stage, scene, end);
    }
    expect(undone).toBeGreaterThan(STEP === 1 ? 3 : 0);
  });

  test('calls that fail from one on leave everything as it was, or the error says what could not be undone', () => {
    const { calls, end } = count();
    let left = 0;
    for (let n = calls.length - 1; n >= 0; n -= 3 * STEP) {
      using stage = new PolicyStage(layer, directory);
      scene.prepare(stage);
      const before = stage.chain();
      let at = 0;
      const code = codes[n % codes.length]!;
      const words = `${calls[n]} ${n} ${code}`;
      const outcome = carryOut(stage, scene, { before: () => (at++ >= n ? code : null) });
      const [first] = outcome instanceof Error ? [] : outcome;
      if (first?.outcome === 'failed' && first.error?.message.includes(' could not be undone: ')) {
        left++;
        // It is recorded as one that was cut off.
        const records = journal(stage).filter(({ operation }) => operation === 'plan');
        expect(records.at(-1)?.phase).not.toBe('after');
      } else if (first?.outcome !== 'changed') {
        // Pins that nothing can remove stay.
        expect([words, stage.chain()]).toEqual([words, before]);
      }
      checkAgain(stage, scene, end);
    }
    if (STEP === 1) expect(left).toBeGreaterThan(0);
  });
});
