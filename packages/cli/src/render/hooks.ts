import type { AttachmentState, HookState, ProgramState } from '@mprog/manager';
import { counted, known, ownerCell, pinsCell } from './cells.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';

/** Columns of the members of a hook. */
export const columns: readonly Column[] = [
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

/** Position, program, link and owner of a member; `?` for a link that cannot be told. */
export function leadingCells(
  { position, program, link, linkUnknown, ours }: AttachmentState,
  style: Style,
): Cell[] {
  return [
    String(position),
    String(program.id),
    { text: nameOf(program), markup: style.name },
    known(program.tag),
    linkUnknown === true ? { text: '?', markup: style.caution } : link === null ? '-' : String(link.id),
    ownerCell(ours, style),
  ];
}

/** The whole name of a program where it was asked for and read, else the kernel's 15 characters. */
export function nameOf(program: Pick<ProgramState, 'name' | 'fullName'>): string {
  return known(program.fullName ?? program.name);
}
