import type { LinkState } from '@mprog/manager';
import { known, ownerCell, pinsCell } from './cells.js';
import { fields } from './fields.js';
import { nameOf } from './hooks.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';

const columns: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'TYPE' },
  { title: 'PROGRAM', align: 'right' },
  { title: 'NAME', cut: 'end', least: 12 },
  { title: 'HOOK', cut: 'end', least: 16 },
  { title: 'OWNER' },
  { title: 'PIN', cut: 'start', least: 12 },
];

/** Links, one a line. */
export function renderLinks(links: readonly LinkState[], style: Style, width: number): string[] {
  const rows = links.map((link) => [
    String(link.id),
    link.type,
    String(link.program.id),
    { text: nameOf(link.program), markup: style.name },
    hookCell(link, style),
    ownerCell(link.ours, style),
    pinsCell(link.pins),
  ]);
  return table(columns, [{ rows }], { style, width });
}

/** One link with all that is known of it. */
export function renderLink(link: LinkState, style: Style): string[] {
  const { program } = link;
  const owner = ownerCell(link.ours, style);
  const hook = hookCell(link, style);
  const rows: [string, string][] = [
    ['type', link.type],
    ['program', `${nameOf(program)}, id ${program.id}, tag ${known(program.tag)}`],
    ['hook', typeof hook === 'string' ? hook : hook.text],
    ['owner', typeof owner === 'string' ? owner : owner.text],
    ['pins', pinsCell(link.pins)],
  ];
  return [style.strong(`link ${link.id}`), ...fields(rows, style)];
}

function hookCell(link: LinkState, style: Style): Cell {
  if (link.defunct === true) return { text: 'defunct', markup: style.bad };
  return link.hook ?? (link.ifindex === null && link.cgroupId === null ? '-' : '?');
}
