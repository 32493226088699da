import type { AttachmentState, EffectiveAttachment, HookState } from '@mprog/manager';
import { counted, known, ownerCell } from './cells.js';
import { fields } from './fields.js';
import { columns, leadingCells, nameOf } from './hooks.js';
import { printable } from './printable.js';
import { splitPins } from './split-pins.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';
import { wrapped } from './wrapped.js';

/** One hook with all that is known of it; pins stand below their program, and at the end what lies behind the hook. */
export function renderHook(hook: HookState, style: Style, width: number): string[] {
  const lines = [style.strong(printable(hook.hook)), ...fields(headOf(hook), style)];
  if (hook.attachments.length > 0) {
    const detailed: readonly Column[] = [...columns.slice(0, -1), { title: 'TYPE' }];
    const rows = hook.attachments.map((attachment) => [
      ...leadingCells(attachment, style),
      known(attachment.program.type),
    ]);
    const [titles = '', ...members] = table(detailed, [{ rows }], { style, width, indent: 2 });
    lines.push('', titles);
    for (const [index, attachment] of hook.attachments.entries()) {
      lines.push(members[index] ?? '', ...pinLines(attachment, style));
    }
  }
  if (hook.effective !== undefined) lines.push('', ...effectiveLines(hook.effective, style, width));
  if (hook.behind) lines.push('', ...wrapped(`behind it: ${hook.behind.words}`, '  ', width, (line) => line));
  for (const warning of hook.warnings ?? []) lines.push(...wrapped(warning, '  ! ', width, style.caution));
  return lines;
}

function headOf(hook: HookState): readonly (readonly [string, string])[] {
  const count = hook.attachments.length;
  const order = hook.cgroupId === undefined ? 'from first to last' : 'in the order of its list';
  return [
    hook.cgroupId === undefined
      ? ['device', `ifindex ${hook.ifindex}, network namespace ${hook.netnsInode}${named(hook.netns)}`]
      : ['cgroup', `id ${hook.cgroupId}`],
    ...(hook.mode === undefined || count === 0 ? [] : [['mode', hook.mode] as const]),
    ['revision', hook.revision],
    ['programs', count === 0 ? 'none' : `${count}, ${order}`],
  ];
}

function named(netns: string | null | undefined): string {
  return netns == null ? '' : ` (${netns})`;
}

const effectiveColumns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'ID', align: 'right' },
  { title: 'NAME', cut: 'end', least: 12 },
  { title: 'LINK', align: 'right' },
  { title: 'OWNER' },
  { title: 'PREORDER' },
  { title: 'CGROUP', cut: 'start', least: 12 },
];

function effectiveLines(effective: readonly EffectiveAttachment[], style: Style, width: number): string[] {
  if (effective.length === 0) return ['  effective: no program acts here'];
  const rows = effective.map(({ position, program, link, linkUnknown, ours, preorder, cgroup }): Cell[] => [
    String(position),
    String(program.id),
    { text: nameOf(program), markup: style.name },
    linkUnknown === true ? '?' : link === null ? '-' : String(link.id),
    ownerCell(ours, style),
    preorder === null ? '?' : preorder ? { text: 'PREORDER', markup: style.caution } : '-',
    cgroup ?? '?',
  ]);
  return [
    `  effective: ${effective.length}, in the order in which they run`,
    ...table(effectiveColumns, [{ rows }], { style, width, indent: 2 }),
  ];
}

function pinLines({ program, link }: AttachmentState, style: Style): string[] {
  const holders = (link?.holders ?? []).map(({ pid, name }) => (pid === 0 ? name : `${name} (${pid})`));
  const { pins, kept } = splitPins(program.pins ?? []);
  const lines = [
    ...pins.map((path) => `program pinned at ${path}`),
    ...(link?.pins ?? []).map((path) => `link pinned at ${path}`),
    ...(kept === 0 ? [] : [`program kept for undo of ${counted(kept, 'change')}`]),
    ...(holders.length === 0 ? [] : [`link held by ${holders.join(', ')}`]),
  ];
  return lines.map((line) => `       ${style.faint(printable(line))}`);
}
