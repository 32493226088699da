import type { PacketRun, ProgramRun } from '@mprog/manager';
import { describe, expect, test } from 'vitest';
import { renderPacketRun } from './packet-run.js';
import { styleFor } from './style.js';

const style = styleFor(false);

function ran(position: number, parts: Partial<ProgramRun>): ProgramRun {
  return {
    position,
    program: { id: position, type: 'sched_cls', name: `p${position}`, tag: null, pins: [] },
    link: null,
    ours: true,
    result: -1,
    verdict: 'NEXT',
    ends: false,
    changed: null,
    duration: 1,
    ...parts,
  };
}

const run: PacketRun = {
  version: 1,
  kernel: 'k',
  bootId: 'b',
  errors: [],
  hook: 'tcx/ingress@eth0',
  length: 20,
  runs: [ran(1, { changed: '00'.repeat(20) }), ran(2, { verdict: 'DROP', result: 2, ends: true })],
  rest: 1,
  outcome: 'dropped',
  unknown: ['a sentence that is long enough to need more than one line on a terminal that is narrow'],
};

describe('run', () => {
  test('a verdict a line, what was changed, and what became of the packet', () => {
    expect(renderPacketRun(run, style, Number.POSITIVE_INFINITY)).toEqual([
      'tcx/ingress@eth0  20 bytes',
      '  #  ID  NAME  VERDICT  PACKET',
      '  1   1  p1    NEXT     changed, 20 bytes',
      '  2   2  p2    DROP     as it was',
      '     … 1 more did not run',
      '  → dropped',
      '',
      '  the packet after 1',
      '    0000  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
      '    0010  00 00 00 00',
      '',
      '  What such a run cannot know:',
      `  - ${run.unknown[0]}`,
    ]);
  });

  test('fits a narrow terminal', () => {
    const lines = renderPacketRun(run, style, 60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.at(-1)).toMatch(/^ {4}\S/);
  });

  test('on a cgroup each has its cgroup', () => {
    const runs = [ran(1, { cgroup: '/app', verdict: 'ALLOW' }), ran(2, { cgroup: null, verdict: 'REFUSE' })];
    const lines = renderPacketRun({ ...run, runs, rest: 0 }, style, Number.POSITIVE_INFINITY);
    expect(lines.slice(2, 4)).toEqual([
      '  1   1  p1    /app    ALLOW    as it was',
      '  2   2  p2    ?       REFUSE   as it was',
    ]);
  });
});
