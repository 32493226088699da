import type { HookState } from '@mprog/manager';
import { nameOf } from '../render/hooks.js';
import type { Style } from '../render/style.js';
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
  const arrow = style.faint(' ──▶ ');
  const reached = members.filter((member) => member.reached);
  const missed = members.filter((member) => !member.reached).map(({ program }) => nameOf(program));
  const way = ['packet', ...reached.map(({ program }) => style.name(nameOf(program))), 'stack'].join(arrow);
  const note = missed.length === 0 ? '' : `    ${style.bad(`not reached: ${missed.join(', ')}`)}`;
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
    `  ${way}${note}`,
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
