import type { AttachmentState, HookState, ProgramState } from '@mprog/manager';
import { counted, known, ownerCell, pinsCell } from './cells.js';
import { fields } from './fields.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';

const columns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'ID', align: 'right' },
  { title: 'NAME', cut: 'end', least: 12 },
  { title: 'TAG', cut: 'end', least: 9 },
  { title: 'LINK', align: 'right' },
  { title: 'OWNER' },
  { title: 'PIN', cut: 'start', least: 12 },
];

/** Hooks with their members below them, in run order. */
export function renderHooks(hooks: readonly HookState[], style: Style, width: number): string[] {
  const groups = hooks.map((hook) => ({
    heading: `${style.strong(printable(hook.hook))}  ${style.faint(`revision ${hook.revision}, ${counted(hook.attachments.length, 'program')}`)}`,
    rows: hook.attachments.map((attachment) => [
      ...leadingCells(attachment, style),
      pinsCell(...(attachment.link === null ? [] : [attachment.link.pins]), attachment.program.pins),
    ]),
  }));
  return table(columns, groups, { style, width, indent: 2 });
}

/** One hook with all that is known of it; pins stand below their program. */
export function renderHook(hook: HookState, style: Style, width: number): string[] {
  const namespace = hook.netns === null ? '' : ` (${hook.netns})`;
  const lines = [
    style.strong(printable(hook.hook)),
    ...fields(
      [
        ['device', `ifindex ${hook.ifindex}, network namespace ${hook.netnsInode}${namespace}`],
        ['revision', hook.revision],
        [
          'programs',
          hook.attachments.length === 0 ? 'none' : `${hook.attachments.length}, from first to last`,
        ],
      ],
      style,
    ),
  ];
  if (hook.attachments.length === 0) return lines;
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
  return lines;
}

function leadingCells({ position, program, link, ours }: AttachmentState, style: Style): Cell[] {
  return [
    String(position),
    String(program.id),
    { text: nameOf(program), markup: style.name },
    known(program.tag),
    link === null ? '-' : String(link.id),
    ownerCell(ours, style),
  ];
}

/** The whole name of a program where it was asked for and read, else the kernel's 15 characters. */
export function nameOf(program: Pick<ProgramState, 'name' | 'fullName'>): string {
  return known(program.fullName ?? program.name);
}

function pinLines({ program, link }: AttachmentState, style: Style): string[] {
  const pins = [
    ...(program.pins ?? []).map((path) => `program pinned at ${path}`),
    ...(link?.pins ?? []).map((path) => `link pinned at ${path}`),
  ];
  return pins.map((line) => `       ${style.faint(printable(line))}`);
}
