import { first } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { LayerBench } from './layer-bench.js';

/** Policies on a cgroup where programs are there several times, so that which link is where can't be told (spec 10.7). */
export function policyRepeatSuite(makeLaboratory: () => Laboratory): void {
  const bench = new LayerBench(makeLaboratory, 'cgroup');

  /** Somebody else's: x and y attached directly, between them w through two links, the younger one first. */
  function between(): void {
    bench.attachForeign(bench.loadForeign('y').fd);
    const { fd } = bench.loadForeign('w');
    bench.attachForeign(fd, { link: true, anchors: [first()] });
    bench.attachForeign(fd, { link: true, anchors: [first()] });
    bench.attachForeign(bench.loadForeign('x').fd, { anchors: [first()] });
    expect(bench.members()).toEqual(['x', 'w', 'w', 'y']);
  }
  const counts = (names: readonly string[], name: string) => names.filter((other) => other === name).length;
  const again = (text: string) => {
    const chain = bench.chain();
    expect(bench.apply(text)).toMatchObject([{ outcome: 'unchanged', error: null }]);
    expect(bench.chain()).toEqual(chain);
  };

  test.each(['overlap', 'in-place', 'gap'])(
    'a program is placed at once beside those that can be told, by %s',
    (strategy) => {
      between();
      const text = bench.text(['x', 'a', 'y'], { attach: 'program', strategy });
      expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', attempts: 1, steps: 1, error: null }]);
      const members = bench.members();
      expect(members.filter((name) => name !== 'w')).toEqual(['x', 'a', 'y']);
      again(text);
    },
  );

  test.each(['overlap', 'in-place', 'gap'])(
    'a link that nothing but such an entry could name the place of is refused in the plan, by %s',
    (strategy) => {
      between();
      const before = bench.chain();
      const text = bench.text(['x', 'a', 'y'], { attach: 'link', strategy });
      const { plan } = bench.plan(text);
      expect(plan.hooks).toMatchObject([{ error: { code: 'EINVAL' }, steps: [] }]);
      expect(plan.hooks[0]?.error?.message).toContain(
        'a has no place: where it has to go a neighbour is on the hook several times, and the kernel does not tell which is which',
      );
      expect(bench.apply(text)).toMatchObject([{ outcome: 'failed', error: { code: 'EINVAL' } }]);
      expect(bench.chain()).toEqual(before);
      expect(bench.loads).toBe(0);
    },
  );

  test.each(['link', 'program'])('the ends can be named always, by %s', (attach) => {
    between();
    const text = bench.text(['a', 'x', 'y', 'b'], { attach });
    expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', attempts: 1, steps: 2, error: null }]);
    expect(bench.members()).toEqual(['a', 'x', 'w', 'w', 'y', 'b']);
    again(text);
    const turned = bench.text(['b', 'x', 'y', 'a'], { attach });
    expect(bench.apply(turned)).toMatchObject([{ outcome: 'changed', attempts: 1, error: null }]);
    expect(bench.members()).toEqual(['b', 'x', 'w', 'w', 'y', 'a']);
    again(turned);
    const manager = bench.policyManager();
    expect([...manager.undo(manager.planUndo())]).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['a', 'x', 'w', 'w', 'y', 'b']);
  });

  test('of two neighbours the one that can be told names the place', () => {
    const w = bench.loadForeign('w').fd;
    bench.attachForeign(bench.loadForeign('x').fd);
    bench.attachForeign(w);
    bench.attachForeign(bench.loadForeign('y').fd);
    bench.attachForeign(w, { link: true });
    bench.attachForeign(bench.loadForeign('z').fd, { link: true });
    const text = bench.text(['y', 'a', 'z'], { attach: 'program' });
    expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', attempts: 1, error: null }]);
    expect(bench.members()).toEqual(['x', 'w', 'y', 'a', 'w', 'z']);
    again(text);
  });

  test('what is left of several of ours names a place again', () => {
    bench.attachForeign(bench.loadForeign('x').fd);
    bench.apply(bench.text(['x', 'a']));
    const id = bench.chain()[1]!;
    bench.manager.attach(bench.target, `id:${id}`, { link: true, pin: '/sys/fs/bpf/mprog/mine/1' });
    bench.attachForeign(bench.loadForeign('y').fd);
    expect(bench.members()).toEqual(['x', 'a', 'a', 'y']);
    const text = bench.text(['x', 'a', 'b', 'y']);
    expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', attempts: 1, steps: 2, error: null }]);
    expect(bench.members()).toEqual(['x', 'a', 'b', 'y']);
    again(text);
  });

  test('one that somebody else has directly and through a link is neither moved nor a neighbour', () => {
    const { fd } = bench.loadForeign('w');
    bench.attachForeign(fd);
    bench.apply(bench.text(['a', 'b'], { attach: 'program' }));
    bench.attachForeign(fd, { link: true, anchors: [first()] });
    expect(bench.members()).toEqual(['w', 'w', 'a', 'b']);
    const text = bench.text(['b', 'a'], { attach: 'program' });
    const [outcome] = bench.apply(text);
    expect(outcome).toMatchObject({ outcome: 'changed', attempts: 1, error: null });
    expect(bench.members()).toEqual(['w', 'w', 'b', 'a']);
    again(text);
  });

  describe.each(['link', 'program'])(
    'a program of ours that is there several times, wanted by %s',
    (attach) => {
      test.each([
        ['in the order of their links', false],
        ['the youngest link first', true],
      ])('is there once afterwards, %s', (_, isFirst) => {
        bench.attachForeign(bench.loadForeign('x').fd);
        const path = bench.object('a');
        const { program } = bench.manager.attach(bench.target, path);
        const id = program!.id!;
        for (let n = 0; n < 3; n++) {
          bench.manager.attach(bench.target, `id:${id}`, {
            link: true,
            pin: `/sys/fs/bpf/mprog/mine/${n}`,
            ...(isFirst ? { first: true } : {}),
          });
        }
        expect(bench.chain().filter((other) => other === id).length).toBe(4);
        const text = bench.text(['x', 'a', 'b'], { attach });
        expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', error: null }]);
        expect(bench.members()).toEqual(['x', 'a', 'b']);
        expect(bench.chain()[1]).toBe(id);
        again(text);
      });

      test('is there once afterwards, when somebody else put it there once more through a link', () => {
        bench.apply(bench.text(['a', 'b'], { attach }));
        const [id] = bench.chain();
        using program = bench.kernel.programs.open(id!);
        bench.attachForeign(program.fd, { link: true });
        expect(bench.members()).toEqual(['a', 'b', 'a']);
        const text = bench.text(['b', 'a'], { attach });
        expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', error: null }]);
        expect(bench.members()).toEqual(['b', 'a']);
        expect(bench.chain()[1]).toBe(id);
        again(text);
      });
    },
  );

  test('what others: remove takes off the hook goes however often it is there', () => {
    bench.apply(bench.text(['a', 'b']));
    const programs = [bench.loadForeign('v'), bench.loadForeign('w')];
    for (let n = 0; n < 12; n++) {
      for (const { fd } of programs) bench.attachForeign(fd, { link: true, anchors: [first()] });
    }
    const text = bench.text(['b', 'a'], { others: 'remove' });
    expect(bench.apply(text, { force: true })).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['b', 'a']);
    again(text);
  });

  test('what was taken off several times comes back once, and the plan of undoing says so', () => {
    between();
    expect(bench.apply(bench.text(['a'], { others: 'remove' }), { force: true })).toMatchObject([
      { outcome: 'changed', error: null },
    ]);
    const manager = bench.policyManager();
    const undo = manager.planUndo();
    expect(undo.plan.hooks.map(({ notes }) => notes)).toEqual([
      [expect.stringMatching(/^id:\d+ w was here 2 times, and is here once afterwards$/)],
    ]);
    expect([...manager.undo(undo)]).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['x', 'w', 'y']);
    const again = manager.planUndo(manager.history().entries[0]?.entry ?? '');
    expect(again.plan.hooks.map(({ notes }) => notes)).toEqual([[]]);
  });

  test('several entries that can not be told leave the order of the rest as the policy wants it', () => {
    const [v, w] = [bench.loadForeign('v'), bench.loadForeign('w')];
    bench.attachForeign(v.fd);
    bench.apply(bench.text(['a', 'b', 'c']));
    for (const { fd } of [w, v, w]) bench.attachForeign(fd, { link: true, anchors: [first()] });
    expect(bench.members()).toEqual(['w', 'v', 'w', 'v', 'a', 'b', 'c']);
    for (const order of [
      ['c', 'b', 'a'],
      ['b', 'c', 'a'],
      ['a', 'c', 'b'],
    ]) {
      const [outcome] = bench.apply(bench.text(order));
      expect(outcome).toMatchObject({ outcome: 'changed', attempts: 1, error: null });
      const members = bench.members();
      expect(members.filter((name) => order.includes(name))).toEqual(order);
      expect(counts(members, 'v') + counts(members, 'w')).toBe(4);
      again(bench.text(order));
    }
  });
}
