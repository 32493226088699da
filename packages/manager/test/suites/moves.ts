import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { PolicyBench } from './policy-bench.js';

/** Moving one program of a hook, and taking that back. */
export function moveSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);

  /** Attaches programs of ours with these names; returns the ids by name. */
  function own(names: readonly string[], link: boolean): ReadonlyMap<string, number> {
    const ids = new Map<string, number>();
    for (const name of names) {
      const { fd, id } = bench.load(name);
      bench.kernel.pins.pin(fd, `/sys/fs/bpf/${name}`);
      bench.manager.attach(bench.hook, `id:${id}`, { link });
      ids.set(name, id);
    }
    return ids;
  }

  for (const link of [true, false]) {
    describe(link ? 'links' : 'programs without a link', () => {
      test('a move is there in every state between, and waits twice', () => {
        const ids = own(['a', 'b', 'c'], link);
        const seen: string[][] = [];
        for (const call of [
          'PROG_ATTACH',
          'PROG_DETACH',
          'LINK_CREATE',
          'LINK_UPDATE',
          'LINK_DETACH',
        ] as const)
          for (let i = 0; i < 9; i++) bench.beforeCall(call, () => seen.push([...bench.names()]));
        const { plan, outcome } = bench.policyManager().move(bench.hook, 'name:c', { first: true });
        expect(outcome).toMatchObject({ outcome: 'changed', steps: 3, waits: 2, attempts: 1, error: null });
        expect(plan.twice).toEqual([`id:${ids.get('c')} c`]);
        expect(bench.names()).toEqual(['c', 'a', 'b']);
        for (const names of seen)
          expect(names.some((name) => name === 'c' || name === 'mprog_stand_in')).toBe(true);
        expect(bench.pins().filter((path) => path.includes('stand-ins'))).toEqual([]);
        expect(bench.pins().filter((path) => path.includes('/links/')).length).toBe(link ? 3 : 0);
        expect(bench.pins().filter((path) => path.endsWith('~'))).toEqual([]);
      });

      test('undo takes it back', () => {
        own(['a', 'b', 'c'], link);
        const manager = bench.policyManager();
        manager.move(bench.hook, 'name:c', { first: true });
        const work = manager.planUndo();
        expect(work.plan.changes).toBe(true);
        const outcomes = [...manager.undo(work)];
        expect(outcomes).toMatchObject([{ outcome: 'changed', error: null }]);
        expect(bench.names()).toEqual(['a', 'b', 'c']);
        expect(
          manager
            .history()
            .entries.slice(0, 2)
            .map(({ command, undoable }) => [command, undoable]),
        ).toEqual([
          ['undo', true],
          ['move', true],
        ]);
      });
    });
  }
}
