import {
  formatPolicyProblem,
  type HookPlan,
  type PolicyPlan,
  type PolicyProblem,
  type ProgramPlan,
} from '@mprog/manager/policy';
import { counted } from './cells.js';
import { renderHookPlan } from './hook-plan.js';
import type { Output } from './output.js';
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
      : [[style.strong('programs'), ...programs.flatMap((one) => programLines(one, style))]]),
    ...renderHookPlans(plan.hooks, style),
    ...(plan.removes.length === 0
      ? []
      : [
          [
            style.bad(
              `${counted(plan.removes.length, 'program')} that the policy does not name would be removed, which takes --force`,
            ),
            ...plan.removes.map((words) => `  - ${printable(words)}`),
          ],
        ]),
  ];
  return [...blocks.flatMap((block) => [...block, '']), summary(plan.hooks, plan.changes)];
}

/** Says on stderr what looks wrong in a policy, and what could not be read. */
export function warnOfPlan(plan: PolicyPlan, problems: readonly PolicyProblem[], output: Output): void {
  for (const warning of [...problems.map(formatPolicyProblem), ...plan.warnings, ...plan.errors]) {
    output.warn(warning);
  }
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
  if (changing.length === 0) return `no hook to change, programs alone${stay}${failed}`;
  return `${counted(changing.length, 'hook')} to change with ${time}${stay}${failed}`;
}

function programLines(program: ProgramPlan, style: Style): string[] {
  const markup = program.action === 'update' ? style.caution : style.good;
  return [
    markup(
      printable(`  ${program.action === 'update' ? '~' : '+'} ${program.name}  ${programWords(program)}`),
    ),
    ...program.notes.map((note) => `    ${printable(note)}`),
  ];
}

function programWords({ action, path, function: own, id, maps }: ProgramPlan): string {
  const object = `${path}${own === null ? '' : `:${own}`}`;
  const known = id === null ? 'what is there' : `id ${id}`;
  if (action === 'pin') return `${known} is pinned under this name`;
  if (action === 'load') return `is loaded from ${object}`;
  const names = (wanted: 'reuse' | 'create') =>
    maps.flatMap(({ name, action: what }) => (what === wanted ? [name] : [])).join(', ');
  const [reused, created] = [names('reuse'), names('create')];
  return [
    `${known} becomes what ${object} has`,
    ...(reused === '' ? [] : [`maps that go on: ${reused}`]),
    ...(created === '' ? [] : [`maps made anew: ${created}`]),
  ].join('; ');
}
