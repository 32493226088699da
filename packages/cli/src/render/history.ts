import { stripVTControlCharacters } from 'node:util';
import type { History, HistoryChange, HistoryEntry } from '@mprog/manager/policy';
import { counted } from './cells.js';
import { printable } from './printable.js';
import type { Style } from './style.js';
import { type Cell, type Column, table } from './table.js';
import { wrapped } from './wrapped.js';

const columns: readonly Column[] = [
  { title: 'ENTRY' },
  { title: 'TIME' },
  { title: 'USER', cut: 'end', least: 6 },
  { title: 'WHAT', cut: 'end', least: 16 },
  { title: 'HOOKS', cut: 'end', least: 16 },
  { title: 'OUTCOME' },
  { title: 'UNDO', cut: 'end', least: 8 },
];

/** What was changed on a host, the youngest first: a line each, or on a terminal that is too narrow a few. */
export function renderHistory({ entries }: History, style: Style, width: number): string[] {
  if (entries.length === 0) return ['nothing was changed since this host was started'];
  const rows = entries.map((entry) => [
    { text: entry.entry, markup: style.name },
    timeOf(entry),
    entry.user,
    whatOf(entry),
    hooksOf(entry),
    outcomeOf(entry.changes, style),
    undoCell(entry, style),
  ]);
  const lines = table(columns, [{ rows }], { style, width });
  const fits = lines.every((line) => stripVTControlCharacters(line).length <= width);
  return fits ? lines : entries.flatMap((entry) => block(entry, style, width));
}

/** An entry on lines of its own. */
function block(entry: HistoryEntry, style: Style, width: number): string[] {
  const hooks = hooksOf(entry);
  const outcome = outcomeOf(entry.changes, style);
  const undo = planned.has(entry.command)
    ? [entry.undoable ? 'can be undone' : `stays: ${entry.reason}`]
    : [];
  const words = [...(hooks === '-' ? [] : [hooks]), outcome.text, ...undo].join('; ');
  return [
    style.name(printable(entry.entry)),
    ...wrapped(
      printable(`${whatOf(entry)}, by ${entry.user} at ${timeOf(entry)}`),
      '  ',
      width,
      (line) => line,
    ),
    ...wrapped(printable(words), '  ', width, outcome.markup),
  ];
}

function timeOf({ time }: HistoryEntry): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

function whatOf({ command, subject }: HistoryEntry): string {
  return `${command} ${subject}`.trimEnd();
}

function hooksOf({ changes }: HistoryEntry): string {
  const hooks = [...new Set(changes.flatMap(({ hook }) => hook ?? []))];
  if (hooks.length === 0) return '-';
  return hooks.length <= 2 ? hooks.join(', ') : `${hooks[0]} and ${hooks.length - 1} more`;
}

function outcomeOf(changes: readonly HistoryChange[], style: Style): Exclude<Cell, string> {
  const count = (wanted: HistoryChange['outcome']) =>
    changes.filter(({ outcome }) => outcome === wanted).length;
  const [failed, unfinished] = [count('failed'), count('unfinished')];
  // As a plan counts them: what was loaded on the way is no step of a hook.
  const ofHooks = changes.filter(({ hook }) => hook !== null);
  const steps = (ofHooks.length > 0 ? ofHooks : changes).reduce((sum, { stepsDone }) => sum + stepsDone, 0);
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
