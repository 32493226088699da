import type { HookState } from '@mprog/manager';
import { nameOf } from '../render/hooks.js';
import type { Markup, Style } from '../render/style.js';
import { table } from '../render/table.js';

/** A member of the chain with its runs, as the kernel counts them. */
export interface MemberRuns {
  readonly total: number;
  /** Since the picture before. */
  readonly fresh: number;
}

/**
 * The way of a packet through a chain, and a table with the kernel's own run counts.
 *
 * @param runs by program id
 * @param sent packets since the picture before; with 0, who ran is not shown
 */
export function chainPicture(
  hook: HookState,
  runs: ReadonlyMap<number, MemberRuns>,
  sent: number,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const members = hook.attachments.map(({ position, program, link }) => {
    const { total, fresh } = runs.get(program.id) ?? { total: 0, fresh: 0 };
    return { position, program, link, total, fresh, reached: sent === 0 || fresh >= sent };
  });
  const missed = members.filter((member) => !member.reached).map(({ program }) => nameOf(program));
  const way = [
    ...members
      .filter((member) => member.reached)
      .map(({ program }) => ({ name: nameOf(program), markup: style.name })),
    { name: 'stack', markup: (text: string) => text },
  ];
  const note =
    missed.length === 0 ? [] : [{ text: `not reached: ${missed.join(', ')}`, gap: 4, markup: style.bad }];
  const picture = flow(
    [
      { text: 'packet', gap: 2, markup: (text) => text },
      ...way.map(({ name, markup }) => ({
        text: `──▶ ${name}`,
        gap: 1,
        markup: () => `${style.faint('──▶')} ${markup(name)}`,
      })),
      ...note,
    ],
    width,
  );
  const rows = members.map(({ position, program, link, total, fresh }) => [
    String(position),
    { text: nameOf(program), markup: style.name },
    String(program.id),
    link === null ? '-' : String(link.id),
    String(total),
    sent === 0
      ? ''
      : { text: fresh === 0 ? 'not reached' : `+${fresh}`, markup: fresh === 0 ? style.bad : style.good },
  ]);
  return [
    ...picture,
    '',
    ...table(
      [
        { title: '#', align: 'right' },
        { title: 'NAME' },
        { title: 'ID', align: 'right' },
        { title: 'LINK', align: 'right' },
        { title: 'RUNS', align: 'right' },
        { title: '', align: 'right' },
      ],
      [{ rows }],
      { style, width, indent: 2 },
    ),
    `  ${style.faint(`revision ${hook.revision}`)}`,
  ];
}

interface Piece {
  readonly text: string;
  /** Blanks in front of it where it does not begin a line. */
  readonly gap: number;
  readonly markup: Markup;
}

/** Sets pieces one behind the other, each whole, in lines of at most `width` characters. */
function flow(pieces: readonly Piece[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let length = 0;
  for (const { text, gap, markup } of pieces) {
    const begins = line === '' || length + gap + text.length > width;
    if (begins && line !== '') lines.push(line);
    const blanks = begins ? (lines.length === 0 ? 2 : 9) : gap;
    line = `${begins ? '' : line}${' '.repeat(blanks)}${markup(text)}`;
    length = (begins ? 0 : length) + blanks + text.length;
  }
  return [...lines, line];
}
