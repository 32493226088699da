import type { ProgramListingEntry } from '@mprog/manager';
import { known, ownerCell, pinsCell } from './cells.js';
import { nameOf } from './hooks.js';
import type { Style } from './style.js';
import { type Column, table } from './table.js';

const columns: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'TYPE' },
  { title: 'NAME', cut: 'end', least: 12 },
  { title: 'TAG', cut: 'end', least: 9 },
  { title: 'OWNER' },
  { title: 'PIN', cut: 'start', least: 12 },
];

/** Programs, one a line. */
export function renderPrograms(
  programs: readonly ProgramListingEntry[],
  style: Style,
  width: number,
): string[] {
  const rows = programs.map((program) => [
    String(program.id),
    known(program.type),
    { text: nameOf(program), markup: style.name },
    known(program.tag),
    ownerCell(program.ours, style),
    pinsCell(program.pins),
  ]);
  return table(columns, [{ rows }], { style, width });
}
