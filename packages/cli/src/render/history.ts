import type { History, HistoryChange, HistoryEntry } from '@mprog/manager/policy';
import { counted } from './cells.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';

const columns: readonly Column[] = [
  { title: 'ENTRY' },
  { title: 'TIME' },
  { title: 'USER', cut: 'end', least: 6 },
  { title: 'WHAT', cut: 'start', least: 16 },
  { title: 'HOOKS', cut: 'end', least: 16 },
  { title: 'OUTCOME' },
  { title: 'UNDO', cut: 'end', least: 8 },
];

/** What was changed on a host, the youngest first. */
export function renderHistory({ entries }: History, style: Style, width: number): string[] {
  if (entries.length === 0) return ['nothing was changed since this host was started'];
  const rows = entries.map((entry) => [
    { text: entry.entry, markup: style.name },
    entry.time.replace(/\.\d+Z$/, 'Z'),
    entry.user,
    `${entry.command} ${entry.subject}`.trimEnd(),
    hooksOf(entry),
    outcomeOf(entry.changes, style),
    undoCell(entry, style),
  ]);
  return table(columns, [{ rows }], { style, width });
}

function hooksOf({ changes }: HistoryEntry): string {
  const hooks = [...new Set(changes.flatMap(({ hook }) => hook ?? []))];
  if (hooks.length === 0) return '-';
  return hooks.length <= 2 ? hooks.join(', ') : `${hooks[0]} and ${hooks.length - 1} more`;
}

function outcomeOf(changes: readonly HistoryChange[], style: Style): Cell {
  const count = (wanted: HistoryChange['outcome']) =>
    changes.filter(({ outcome }) => outcome === wanted).length;
  const [failed, unfinished] = [count('failed'), count('unfinished')];
  const steps = changes.reduce((sum, { stepsDone }) => sum + stepsDone, 0);
  if (failed + unfinished === 0) return { text: `done, ${counted(steps, 'step')}`, markup: style.good };
  const words = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unfinished > 0 ? [`${unfinished} unfinished`] : []),
  ];
  return { text: `${words.join(', ')} of ${changes.length}`, markup: style.bad };
}

/** Commands whose changes can be undone as long as they are kept. */
const planned: ReadonlySet<string> = new Set(['apply', 'move', 'undo']);

function undoCell({ command, undoable, reason }: HistoryEntry, style: Style): Cell {
  if (!planned.has(command)) return '-';
  return undoable ? { text: 'yes', markup: style.good } : { text: `no: ${reason}`, markup: style.faint };
}
