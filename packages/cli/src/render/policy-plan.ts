import type { HookPlan, PolicyPlan, ProgramPlan } from '@mprog/manager/policy';
import { counted } from './cells.js';
import { renderHookPlan } from './hook-plan.js';
import { signWords } from './plan-chain.js';
import { printable } from './printable.js';
import type { Style } from './style.js';

/** Milliseconds that an attach or detach waits for RCU, as a rule. */
const WAIT = 8;

/** What a policy would change: programs, each hook that does not stay as it is, and the sum. */
export function renderPolicyPlan(plan: PolicyPlan, style: Style): string[] {
  const programs = plan.programs.filter(({ action }) => action !== 'none');
  const blocks = [
    ...(programs.length === 0
      ? []
      : [[style.strong('programs'), ...programs.map((one) => programLine(one, style))]]),
    ...renderHookPlans(plan.hooks, style),
    ...(plan.removes.length === 0
      ? []
      : [
          [
            style.bad(
              `${counted(plan.removes.length, 'program')} of others would be removed, which takes --force`,
            ),
            ...plan.removes.map((words) => `  - ${printable(words)}`),
          ],
        ]),
  ];
  return [...blocks.flatMap((block) => [...block, '']), summary(plan.hooks, plan.changes)];
}

/** A block for each hook that does not stay as it is, and what the signs mean in front of the first. */
export function renderHookPlans(hooks: readonly HookPlan[], style: Style): readonly (readonly string[])[] {
  const shown = hooks.filter(
    ({ steps, error, notes }) => steps.length > 0 || error !== null || notes.length > 0,
  );
  const hasSigns = shown.some(({ steps }) => steps.length > 0);
  return [
    ...(hasSigns ? [[style.faint(signWords)]] : []),
    ...shown.map((hook) => renderHookPlan(hook, style)),
  ];
}

/** How many hooks change and how many do not. */
export function summary(hooks: readonly HookPlan[], changes: boolean): string {
  const failing = hooks.filter(({ error }) => error !== null).length;
  const changing = hooks.filter(({ steps, error }) => error === null && steps.length > 0);
  const staying = hooks.length - failing - changing.length;
  const waits = changing.reduce((sum, hook) => sum + hook.waits, 0);
  const time = waits === 0 ? 'no wait' : `${counted(waits, 'wait')}, some ${waits * WAIT} ms`;
  const failed = failing === 0 ? '' : `; ${counted(failing, 'hook')} without a plan`;
  if (!changes) return `nothing to change on ${counted(staying, 'hook')}${failed}`;
  const stay = staying === 0 ? '' : `, ${counted(staying, 'hook')} as wanted`;
  return `${counted(changing.length, 'hook')} to change with ${time}${stay}${failed}`;
}

function programLine({ name, action, path, function: own, id, maps }: ProgramPlan, style: Style): string {
  const object = `${path}${own === null ? '' : `:${own}`}`;
  if (action === 'load') return style.good(printable(`  + ${name}  loaded from ${object}`));
  const reused = maps.filter((map) => map.action === 'reuse').map((map) => map.name);
  const created = maps.filter((map) => map.action === 'create').map((map) => map.name);
  const words = [
    `  ~ ${name}  ${id === null ? '' : `id ${id} `}becomes what ${object} has`,
    ...(reused.length > 0 ? [`maps that go on: ${reused.join(', ')}`] : []),
    ...(created.length > 0 ? [`maps made anew: ${created.join(', ')}`] : []),
  ];
  return style.caution(printable(words.join('; ')));
}
