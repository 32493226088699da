import { first } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry, HookOutcome } from '../../src/policy-index.js';
import { type BenchLayer, LayerBench } from './layer-bench.js';
import { refusalOf } from './manager-bench.js';

/** What was done in several changes, taken back in any order, on both layers that policies know best. */
export function policyUndoSuite(makeLaboratory: () => Laboratory): void {
  for (const layer of ['tcx', 'cgroup'] as const) {
    describe(`on a hook of ${layer}`, () => undoTests(makeLaboratory, layer));
  }
}

function undoTests(makeLaboratory: () => Laboratory, layer: BenchLayer): void {
  const bench = new LayerBench(makeLaboratory, layer);
  const done: Partial<HookOutcome> = { outcome: 'changed', error: null };

  function apply(order: readonly string[], more: Readonly<Record<string, unknown>> = {}): string {
    const [outcome] = bench.apply(bench.text(order, more), { force: true });
    expect(outcome).toMatchObject(done);
    return outcome!.history!;
  }
  /** Undoes an entry, or the youngest that stands; returns the entry that this makes. */
  function undo(entry?: string): string {
    const manager = bench.policyManager();
    const [outcome, ...more] = [...manager.undo(manager.planUndo(entry))];
    expect(more).toEqual([]);
    expect(outcome).toMatchObject(done);
    return outcome!.history!;
  }
  const entries = (): readonly HistoryEntry[] => bench.policyManager().history(bench.target).entries;
  const foreign = (name: string, front = false) =>
    bench.attachForeign(bench.loadForeign(name).fd, { anchors: front ? [first()] : [] });

  test('each undo takes back the youngest that stands, down to the hook as it was', () => {
    foreign('x');
    const states = [bench.chain()];
    const orders = [
      ['a', 'x'],
      ['b', 'x', 'a'],
      ['a', 'x', 'c', 'b'],
    ];
    for (const order of orders) {
      apply(order);
      states.push(bench.chain());
    }
    for (const state of states.toReversed().slice(1)) {
      undo();
      expect(bench.chain()).toEqual(state);
    }
    expect(bench.members()).toEqual(['x']);
    const error = refusalOf(() => bench.policyManager().planUndo());
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain('nothing stands that was done since this host booted');
    expect(entries().map(({ command }) => command)).toEqual([
      ...['undo', 'undo', 'undo'],
      ...['apply', 'apply', 'apply'],
    ]);
    expect(bench.pins().filter((path) => /\/(links|stand-ins)\//.test(path))).toEqual([]);
  });

  test('what an undo did is undone by its name, and that as well', () => {
    foreign('x');
    apply(['a', 'x', 'b']);
    const before = bench.chain();
    apply(['b', 'c', 'x', 'a']);
    const after = bench.chain();
    let entry = undo();
    expect(bench.chain()).toEqual(before);
    for (const expected of [after, before, after]) {
      entry = undo(entry);
      expect(bench.chain()).toEqual(expected);
      expect(entries()[0]).toMatchObject({ entry, command: 'undo', undoable: true, reason: null });
    }
  });

  test('an undone undo lets the change stand again, so that the next undo means it', () => {
    apply(['a']);
    const second = apply(['a', 'b']);
    const taken = undo();
    expect(bench.members()).toEqual(['a']);
    undo(taken);
    expect(bench.members()).toEqual(['a', 'b']);
    const { plan } = bench.policyManager().planUndo();
    expect(plan.entry).toBe(second);
  });

  test('one in the middle is undone by its name; what came later stays', () => {
    foreign('x');
    apply(['a', 'x']);
    const middle = apply(['a', 'x', 'b']);
    apply(['c', 'a', 'x', 'b']);
    expect(bench.members()).toEqual(['c', 'a', 'x', 'b']);
    undo(middle);
    expect(bench.members()).toEqual(['c', 'a', 'x']);
    // What one of them brought does not come back with another.
    undo();
    expect(bench.members()).toEqual(['a', 'x']);
  });

  test('what is as it was needs no undoing, and nothing is written', () => {
    const entry = apply(['a', 'b']);
    undo();
    const { length } = bench.journal();
    const manager = bench.policyManager();
    const work = manager.planUndo(entry);
    expect(work.plan).toMatchObject({ entry, changes: false });
    expect([...manager.undo(work)]).toMatchObject([{ outcome: 'unchanged', entry: null, history: null }]);
    expect(bench.journal().length).toBe(length);
  });

  test('a version that a newer one replaced comes back, and goes again', () => {
    foreign('x');
    apply(['x', 'a']);
    const old = bench.chain();
    bench.rebuild('a');
    apply(['x', 'a']);
    const current = bench.chain();
    expect(current[1]).not.toBe(old[1]);
    const entry = undo();
    expect(bench.chain()).toEqual(old);
    undo(entry);
    expect(bench.chain()).toEqual(current);
  });

  test('what others: remove took off comes back where it stood', () => {
    foreign('x');
    apply(['x', 'a', 'b']);
    foreign('y');
    const before = bench.chain();
    apply(['b', 'a'], { others: 'remove' });
    expect(bench.members()).toEqual(['b', 'a']);
    undo();
    expect(bench.chain()).toEqual(before);
    expect(bench.members()).toEqual(['x', 'a', 'b', 'y']);
  });

  test('what others did since stays, and the rest is brought into its old order', () => {
    foreign('x');
    apply(['a', 'x', 'b']);
    apply(['b', 'x', 'a']);
    foreign('front', true);
    foreign('end');
    undo();
    const members = bench.members();
    expect(members.filter((name) => !['front', 'end'].includes(name))).toEqual(['a', 'x', 'b']);
    expect(members.toSorted()).toEqual(['a', 'b', 'end', 'front', 'x']);
  });

  test('what somebody took off since stays off', () => {
    foreign('x');
    apply(['a', 'x', 'b']);
    const b = bench.chain()[2];
    apply(['b', 'x', 'a']);
    bench.manager.detach(bench.target, `id:${b}`);
    undo();
    expect(bench.members()).toEqual(['a', 'x']);
  });

  test.each(['overlap', 'gap'])(
    'what the undo itself has taken off by %s comes back, when somebody makes it plan again',
    (strategy) => {
      foreign('x');
      apply(['a', 'x', 'b', 'c']);
      const before = bench.chain();
      apply(['c', 'x', 'a', 'b'], { strategy });
      bench.beforeCall('LINK_DETACH', () => bench.beforeCall('PROG_QUERY', () => foreign('guest')));
      const manager = bench.policyManager();
      const [outcome] = [...manager.undo(manager.planUndo())];
      expect(outcome).toMatchObject({ ...done, attempts: 2 });
      expect(bench.chain().slice(0, 4)).toEqual(before);
      expect(bench.members()).toEqual(['a', 'x', 'b', 'c', 'guest']);
    },
  );

  test('an old order that is impossible by now is refused in the plan with what stands in its way', () => {
    const more = { attach: 'program' };
    const x = bench.loadForeign('x');
    const y = bench.loadForeign('y');
    bench.attachForeign(x.fd);
    bench.attachForeign(y.fd);
    apply(['x', 'a', 'y'], more);
    const entry = apply(['a', 'x', 'y'], more);
    expect(bench.members()).toEqual(['a', 'x', 'y']);
    // Its owner puts x behind y.
    bench.onHook((hook, kernel) => kernel.attachments.detach(hook, { programFd: x.fd }));
    bench.attachForeign(x.fd);
    expect(bench.members()).toEqual(['a', 'y', 'x']);
    const manager = bench.policyManager();
    const work = manager.planUndo(entry);
    expect(work.plan.hooks).toMatchObject([{ error: { code: 'ERR_CONTRADICTION' }, steps: [] }]);
    expect(work.plan.hooks[0]?.error?.message).toContain('(as they run today)');
    expect([...manager.undo(work)]).toMatchObject([
      { outcome: 'failed', error: { code: 'ERR_CONTRADICTION' } },
    ]);
    expect(bench.members()).toEqual(['a', 'y', 'x']);
  });

  describe('what can not be undone says why', () => {
    test('a name that is none, with the nearest', () => {
      const entry = apply(['a']);
      const error = refusalOf(() => bench.policyManager().planUndo(`${entry}x`));
      expect(error.code).toBe('ENOENT');
      expect(error.message).toContain(`there is no entry ${entry}x of this boot`);
      expect(error.message).toContain(`did you mean ${entry}?`);
    });

    test('a single change', () => {
      bench.manager.attach(bench.target, bench.object('a'));
      const [attach] = entries();
      expect(attach).toMatchObject({
        command: 'attach',
        undoable: false,
        reason: 'only what apply, move and undo did can be undone',
      });
      const error = refusalOf(() => bench.policyManager().planUndo(attach!.entry));
      expect(error.code).toBe('ERR_UNDO');
      expect(error.message).toContain('it is a single change');
    });

    test('one that ten others followed; what it took off is kept no longer', () => {
      foreign('x');
      apply(['x', 'a']);
      const oldest = apply(['x', 'b', 'a']);
      for (let n = 0; n < 5; n++) {
        apply(['a', 'x', 'b']);
        apply(['b', 'x', 'a']);
      }
      const listed = entries();
      expect(listed.filter(({ undoable }) => undoable)).toHaveLength(10);
      expect(listed.find(({ entry }) => entry === oldest)).toMatchObject({
        undoable: false,
        reason: 'only the last 10 can be undone',
      });
      const error = refusalOf(() => bench.policyManager().planUndo(oldest));
      expect(error.code).toBe('ERR_UNDO');
      expect(error.message).toContain('only the last 10 entries can be undone');
      const kept = new Set(bench.pins().flatMap((path) => /\/mprog\/undo\/([^/]+)\//.exec(path)?.[1] ?? []));
      expect(kept.size).toBeLessThanOrEqual(10);
    });

    test('one whose program is gone from the host', () => {
      foreign('x');
      apply(['x', 'a']);
      const entry = apply([], { others: 'remove' });
      expect(bench.chain()).toEqual([]);
      const { pins } = bench.laboratory.host.world;
      for (const path of bench.pins()) if (/\/(undo|programs)\//.test(path)) pins.remove(path);
      const work = bench.policyManager().planUndo(entry);
      const [plan] = work.plan.hooks;
      expect(plan?.error?.code).toBe('ENOENT');
      expect(plan?.error?.message).toContain("is gone, so it can't come back");
    });
  });
}
