import type { AttachmentState, HookState } from '@mprog/manager';
import { describe, expect, test } from 'vitest';
import { renderHooks } from './hooks.js';
import { renderHook } from './show-hook.js';
import { styleFor } from './style.js';

const style = styleFor(false);
const wide = Number.POSITIVE_INFINITY;

function member(
  position: number,
  id: number,
  parts: Partial<AttachmentState> = {},
  name: string | null = `p${id}`,
): AttachmentState {
  const program = { id, type: 'sched_cls', name, tag: name === null ? null : '59f4a931744dcdc6', pins: [] };
  return { position, program, link: null, ours: true, ...parts };
}

function hook(target: string, revision: string, attachments: readonly AttachmentState[]): HookState {
  return {
    hook: `tcx/ingress@${target}`,
    layer: 'tcx',
    direction: 'ingress',
    ifindex: 4,
    netnsInode: '4026531833',
    netns: null,
    revision,
    attachments,
  };
}

const pin = '/sys/fs/bpf/mprog/links/4026531833/4-tcx_ingress/p1';
const hooks = [
  hook('eth0', '4', [member(1, 1, { link: { id: 7, pins: [pin] } }), member(2, 1042, { ours: false })]),
  hook('eth1', '2', [member(1, 3)]),
];

describe('ls', () => {
  test('puts members below their hook in run order, with everything that is known of them', () => {
    const lines = renderHooks(hooks, style, wide);
    expect(lines[0]?.trim().split(/ {2,}/)).toEqual(['#', 'ID', 'NAME', 'TAG', 'LINK', 'OWNER', 'PIN']);
    expect(lines[1]).toBe('tcx/ingress@eth0  revision 4, 2 programs');
    expect(lines[2]?.trim().split(/ +/)).toEqual(['1', '1', 'p1', '59f4a931744dcdc6', '7', 'ours', pin]);
    expect(lines[3]?.trim().split(/ +/)).toEqual([
      '2',
      '1042',
      'p1042',
      '59f4a931744dcdc6',
      '-',
      'foreign',
      '-',
    ]);
    expect(lines[4]).toBe('tcx/ingress@eth1  revision 2, 1 program');
    expect(lines).toHaveLength(6);
  });

  test('pins that keep a program for undo hide no other one', () => {
    const keeps = [
      '/sys/fs/bpf/mprog/undo/20260102-030405-abcd/1',
      '/sys/fs/bpf/mprog/undo/20260102-030406-abcd/1',
    ];
    const pinned = member(1, 1);
    const program = (pins: readonly string[]) => ({ ...pinned, program: { ...pinned.program, pins } });
    const last = (pins: readonly string[]) =>
      renderHooks([hook('eth0', '4', [program(pins)])], style, wide)[2]
        ?.split(/ {2,}/)
        .at(-1);
    expect([last([...keeps, '/sys/fs/bpf/mprog/programs/p1']), last(keeps)]).toEqual([
      '/sys/fs/bpf/mprog/programs/p1',
      'kept for undo',
    ]);
    expect(renderHook(hook('eth0', '4', [program([...keeps, '/sys/fs/bpf/x'])]), style, wide)).toEqual(
      expect.arrayContaining([
        '       program pinned at /sys/fs/bpf/x',
        '       program kept for undo of 2 changes',
      ]),
    );
  });

  test('columns stand under each other, whatever the hook', () => {
    const lines = renderHooks(hooks, style, wide);
    const members = [lines[2]!, lines[3]!, lines[5]!];
    expect(new Set(members.map((line) => line.indexOf('59f4a931744dcdc6'))).size).toBe(1);
  });

  test.each([80, 60])('fits a terminal of %d columns, and keeps ids and the end of the pin', (columns) => {
    const lines = renderHooks(hooks, style, columns);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('1042');
    expect(lines[2]).toMatch(/….*\/p1$/);
  });

  test('what could not be read is a question mark', () => {
    const unknown = member(1, 9, { ours: null }, null);
    const program = { ...unknown.program, pins: null };
    const [, , line] = renderHooks([hook('eth0', '2', [{ ...unknown, program }])], style, wide);
    expect(line?.trim().split(/ +/)).toEqual(['1', '9', '?', '?', '-', '?', '?']);
  });
});

describe('show', () => {
  test('has the whole name and every pin', () => {
    const attachment = member(1, 1, { link: { id: 7, pins: [pin] } });
    const program = {
      ...attachment.program,
      fullName: 'a_name_of_more_than_15',
      pins: ['/sys/fs/bpf/a', '/sys/fs/bpf/b'],
    };
    const text = renderHook(hook('eth0', '4', [{ ...attachment, program }]), style, wide).join('\n');
    expect(text).toContain('a_name_of_more_than_15');
    expect(text).toContain('program pinned at /sys/fs/bpf/a');
    expect(text).toContain('program pinned at /sys/fs/bpf/b');
    expect(text).toContain(`link pinned at ${pin}`);
    expect(text).toMatch(/revision +4/);
    expect(text).toMatch(/device +ifindex 4, network namespace 4026531833/);
  });

  test('says that an empty hook is empty', () => {
    expect(renderHook(hook('eth0', '1', []), style, wide).at(-1)).toMatch(/programs +none/);
  });
});
