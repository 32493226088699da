import type { HookOutcome } from '@mprog/manager/policy';
import { counted } from './cells.js';
import { printable } from './printable.js';
import type { Style } from './style.js';

/** What became of a hook, in one line with what else is to be said of it below; nothing for one that stayed as it was. */
export function renderHookOutcome(outcome: HookOutcome, style: Style): string[] {
  const hook = style.strong(printable(outcome.hook));
  const notes = outcome.notes.map((note) => `  ${printable(note)}`);
  if (outcome.outcome === 'unchanged') return notes.length === 0 ? [] : [`${hook}: unchanged`, ...notes];
  if (outcome.error !== null) {
    return [`${hook}: ${style.bad('failed')}`, `  ${printable(outcome.error.message)}`, ...notes];
  }
  const { steps, waits, attempts, revisionBefore, revisionAfter } = outcome;
  const words = [
    counted(steps, 'step'),
    waits === 0 ? 'no wait' : counted(waits, 'wait'),
    ...(attempts > 1 ? [`planned ${attempts} times`] : []),
    `revision ${revisionBefore}${revisionAfter === null ? '' : ` → ${revisionAfter}`}`,
  ];
  return [`${hook}: ${style.good('done')}, ${words.join(', ')}`, ...notes];
}

/** How many hooks were changed and how many not, and the entry to undo it by. */
export function outcomeSummary(outcomes: readonly HookOutcome[], planned: number): string {
  const count = (wanted: HookOutcome['outcome']) =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  const [changed, unchanged, failed] = [count('changed'), count('unchanged'), count('failed')];
  const left = planned - outcomes.length;
  const words = [
    `${counted(changed, 'hook')} changed`,
    ...(unchanged > 0 ? [`${unchanged} as wanted`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} left as they were`] : []),
  ].join(', ');
  const entry = outcomes.find(({ history }) => history !== null)?.history ?? null;
  return entry === null ? words : `${words}; mprog undo ${entry} takes it back`;
}
