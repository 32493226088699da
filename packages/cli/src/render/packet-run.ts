import type { PacketRun, ProgramRun } from '@mprog/manager';
import { counted } from './cells.js';
import { nameOf } from './hooks.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { type Column, table } from './table.js';
import { wrapped } from './wrapped.js';

/** The verdict of each program, what became of the packet, and what such a run cannot know. */
export function renderPacketRun(run: PacketRun, style: Style, width: number): string[] {
  const withCgroup = run.runs.some(({ cgroup }) => cgroup !== undefined);
  const columns: readonly Column[] = [
    { title: '#', align: 'right' },
    { title: 'ID', align: 'right' },
    { title: 'NAME', cut: 'end', least: 12 },
    ...(withCgroup ? [{ title: 'CGROUP', cut: 'start', least: 12 } as const] : []),
    { title: 'VERDICT' },
    { title: 'PACKET' },
  ];
  const rows = run.runs.map((one) => [
    String(one.position),
    String(one.program.id),
    { text: nameOf(one.program), markup: style.name },
    ...(withCgroup ? [one.cgroup ?? '?'] : []),
    { text: one.verdict, markup: one.ends || one.verdict.startsWith('REFUSE') ? style.caution : style.good },
    packetCell(one),
  ]);
  const lines = [`${style.strong(printable(run.hook))}  ${style.faint(`${counted(run.length, 'byte')}`)}`];
  if (rows.length > 0) lines.push(...table(columns, [{ rows }], { style, width, indent: 2 }));
  if (run.rest > 0) lines.push(style.faint(`     … ${run.rest} more did not run`));
  lines.push(`  ${style.strong('→')} ${run.outcome}`);
  for (const { changed, position } of run.runs) {
    if (changed !== null) lines.push('', `  the packet after ${position}`, ...dump(changed));
  }
  if (run.unknown.length > 0) lines.push('', style.faint('  What such a run cannot know:'));
  for (const sentence of run.unknown) lines.push(...wrapped(sentence, '  - ', width, style.faint));
  return lines;
}

function packetCell({ changed }: ProgramRun): string {
  return changed === null ? 'as it was' : `changed, ${counted(changed.length / 2, 'byte')}`;
}

function dump(hex: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? [];
    lines.push(`    ${(at / 2).toString(16).padStart(4, '0')}  ${bytes.join(' ')}`);
  }
  return lines;
}
