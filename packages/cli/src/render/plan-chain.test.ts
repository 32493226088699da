import type { PlanMember } from '@mprog/manager/policy';
import { describe, expect, test } from 'vitest';
import { planChain, planMember } from '../../test/plan-data.js';
import { renderPlanChain } from './plan-chain.js';
import { styleFor } from './style.js';

const style = styleFor(false);
/** Signs, places and names, without what stands in brackets. */
const chain = (before: readonly string[], after: readonly string[]) =>
  renderPlanChain({ before: planChain(...before), after: planChain(...after) }, style).map((line) =>
    line.replace(/ {2}\(.*?(was \d+)?\)$/, (_, was) => (was === undefined ? '' : ` ${was}`)),
  );

describe('a chain as it is and as it will be', () => {
  test.each([
    [[], ['+a', '+b'], ['  +  1  a', '  +  2  b']],
    [['-a', '-b'], [], ['  -  1  a', '  -  2  b']],
    [
      ['a', 'b'],
      ['a', 'b'],
      ['     1  a', '     2  b'],
    ],
    [
      ['a', 'b'],
      ['a', '+c', 'b'],
      ['     1  a', '  +  2  c', '     3  b'],
    ],
    [
      ['a', '-c', 'b'],
      ['a', 'b'],
      ['     1  a', '  -  2  c', '     2  b'],
    ],
    [
      ['-a', 'b'],
      ['+c', 'b'],
      ['  -  1  a', '  +  1  c', '     2  b'],
    ],
    [
      ['>a', 'b', 'c'],
      ['b', 'c', '>a'],
      ['     1  b', '     2  c', '  >  3  a was 1'],
    ],
    [
      ['a', 'b', '>c'],
      ['>c', 'a', 'b'],
      ['  >  1  c was 3', '     2  a', '     3  b'],
    ],
    [
      ['~a', 'b'],
      ['~a', 'b'],
      ['  ~  1  a', '     2  b'],
    ],
    [
      ['>a', 'x', '-d', '>b'],
      ['>b', 'x', '>a', '+n'],
      ['  >  1  b was 4', '     2  x', '  -  3  d', '  >  3  a was 1', '  +  4  n'],
    ],
  ])('%j to %j', (before, after, lines) => {
    expect(chain(before, after)).toEqual(lines);
  });

  test('says what each member is', () => {
    const fw = { key: 'firewall', id: 97, link: { id: 7 } };
    const before = [
      planMember(1, ' cil_from_netdev', { key: null, id: 12, ours: false }),
      planMember(2, '>fw_main', fw),
      planMember(3, '-old', { key: null, id: 5, link: null, linkUnknown: true, ours: null }),
    ];
    const after = [
      planMember(1, '>fw_main', fw),
      planMember(2, ' cil_from_netdev', { key: 'cni', id: 12, ours: false }),
      planMember(3, '+telemetry', { id: null, link: { id: null } }),
    ];
    expect(renderPlanChain({ before, after }, style)).toEqual([
      '  >  1  firewall  (fw_main, id 97, link 7, was 2)',
      '     2  cni  (cil_from_netdev, id 12, foreign)',
      '  -  3  old  (id 5, link ?)',
      '  +  3  telemetry  (to be loaded, link)',
    ]);
  });

  test('says how what is attached another way was attached', () => {
    const direct = planMember(1, '~a', { id: 4, link: null });
    const linked = planMember(1, '~a', { id: 4, link: { id: 22 } });
    const fresh = planMember(1, '~a', { id: 4, link: { id: null } });
    const line = (before: PlanMember, after: PlanMember) =>
      renderPlanChain({ before: [before], after: [after] }, style);
    expect([line(linked, direct), line(direct, fresh), line(linked, linked)]).toEqual([
      ['  ~  1  a  (id 4, was by link 22)'],
      ['  ~  1  a  (id 4, link, was without a link)'],
      ['  ~  1  a  (id 4, link 22)'],
    ]);
  });

  test('marks stand-ins that something left', () => {
    const before = [planMember(1, '-mprog_stand_in', { key: 'firewall', id: 8, standIn: true })];
    expect(renderPlanChain({ before, after: [] }, style)).toEqual(['  -  1  firewall  (stand-in, id 8)']);
  });

  test('leaves out what is far from every change of a long chain', () => {
    const many = Array.from('abcdefghijklmnopqrst');
    const lines = chain(['-z', ...many], many);
    expect(lines).toEqual(['  -  1  z', '     1  a', '     2  b', '     3  c', '       … 17 more']);
  });

  test('shows names of others without what a terminal would obey', () => {
    const before = [planMember(1, '-a\u001b[31m', { key: null })];
    expect(renderPlanChain({ before, after: [] }, style).join()).not.toContain('\u001b');
  });

  test('colours lines by what happens, and leaves what stays alone', () => {
    const colored = renderPlanChain(
      { before: planChain('-a', 'b', '>c', '~d'), after: planChain('>c', '+e', 'b', '~d') },
      styleFor(true),
    );
    const colors = colored.map((line) => (line.startsWith('\u001b') ? line.slice(2, 4) : ''));
    expect(colors).toEqual(['31', '33', '32', '', '33']);
  });
});
