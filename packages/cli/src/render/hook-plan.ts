import type { HookPlan } from '@mprog/manager/policy';
import { counted } from './cells.js';
import { renderPlanChain } from './plan-chain.js';
import { printable } from './printable.js';
import type { Style } from './style.js';

/** A hook with its chain as it is and as it will be, what a packet meets meanwhile, and the steps. */
export function renderHookPlan(plan: HookPlan, style: Style): string[] {
  const hook = style.strong(printable(plan.hook));
  const notes = plan.notes.map((note) => `  ${printable(note)}`);
  if (plan.error !== null) {
    return [`${hook}: ${style.bad('no plan')}`, `  ${printable(plan.error.message)}`, ...notes];
  }
  return [
    `${hook}  ${style.faint(`revision ${plan.base.revision}`)}`,
    ...renderPlanChain(plan, style),
    `  ${meanwhile(plan)}`,
    ...notes,
    ...plan.steps.map(({ words, wait, expectedRevision }, index) => {
      const at = expectedRevision === null ? [] : [`at revision ${expectedRevision}`];
      const details = [...at, ...(wait ? ['waits'] : [])].join(', ');
      return style.faint(`  ${index + 1}. ${printable(words)}${details === '' ? '' : ` (${details})`}`);
    }),
  ];
}

/** `overlap, 2 waits; a packet may meet firewall twice meanwhile`. */
function meanwhile({ strategy, waits, twice, missing }: HookPlan): string {
  return [
    `${strategy}, ${waits === 0 ? 'no wait' : counted(waits, 'wait')}`,
    ...(twice.length > 0 ? [`a packet may meet ${list(twice)} twice meanwhile`] : []),
    ...(missing.length > 0
      ? [`${list(missing)} ${missing.length > 1 ? 'are' : 'is'} missing meanwhile`]
      : []),
  ].join('; ');
}

function list(names: readonly string[]): string {
  const shown = names.map(printable);
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
