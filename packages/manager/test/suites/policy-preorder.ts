import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { LayerBench } from './layer-bench.js';

/** Policies on a cgroup where programs have PREORDER, which is of the slot and not of the program (spec 10.3.1, 10.5). */
export function policyPreorderSuite(makeLaboratory: () => Laboratory): void {
  const bench = new LayerBench(makeLaboratory, 'cgroup');
  const notes = (text: string) => bench.plan(text).plan.hooks.map((hook) => hook.notes);

  test.each(['overlap', 'in-place', 'gap'])(
    'one that is attached anew loses it, and the plan says so, by %s',
    (strategy) => {
      bench.attachForeign(bench.loadForeign('x').fd);
      bench.manager.attach(bench.target, bench.object('a'), { preorder: true });
      const text = bench.text(['a', 'x'], { attach: 'program', strategy });
      expect(notes(text)).toEqual([
        ['a loses PREORDER: it runs after the programs of cgroups below, no more before them'],
      ]);
      expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', error: null }]);
      expect(bench.members()).toEqual(['a', 'x']);
      expect(notes(bench.text(['x', 'a'], { attach: 'program', strategy }))).toEqual([[]]);
    },
  );

  test('those that change places through links change it too, and the plan says so', () => {
    for (const [name, preorder] of [
      ['a', false],
      ['b', true],
    ] as const) {
      const pin = `/sys/fs/bpf/mprog/mine/${name}`;
      bench.manager.attach(bench.target, bench.object(name), { link: true, pin, preorder });
    }
    const text = bench.text(['b', 'a'], { attach: 'link', strategy: 'in-place' });
    expect(notes(text)).toEqual([
      [
        'a gets PREORDER: it runs before the programs of cgroups below, no more after them',
        'b loses PREORDER: it runs after the programs of cgroups below, no more before them',
      ],
    ]);
    expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(notes(text)).toEqual([[]]);
  });
}
