import type { Strategy } from '../../src/planner/problem.js';
import { policyText } from './policy-text.js';

/** The kind of hook that a scenario plays on. */
export type CrashLayer = 'tcx' | 'cgroup';

/** What happens in a crash test, up to the moment at which something is killed. */
export interface CrashScenario {
  readonly name: string;
  readonly layer: CrashLayer;
  readonly strategy: Strategy;
  /** Programs that somebody else has on the hook before anything, in order. */
  readonly foreign: readonly string[];
  /** The policy that is applied in peace; null for none. */
  readonly before: ((target: string) => string) | null;
  /** The policy that whoever is killed applies. */
  readonly after: (target: string) => string;
  /** What whoever is killed does instead: it moves one program of ours to the front. */
  readonly moved?: string;
  /** Programs of ours whose object file is another one in the second policy. */
  readonly rebuilt: readonly string[];
  readonly force: boolean;
}

const strategies: readonly Strategy[] = ['overlap', 'in-place', 'gap'];
const attaches = ['link', 'program'] as const;
const other = { link: 'program', program: 'link' } as const;

/** Every scenario: each kind of change, by each strategy, through links and directly, on a device and on a cgroup. */
export function crashScenarios(): readonly CrashScenario[] {
  return (['tcx', 'cgroup'] as const).flatMap((layer) =>
    strategies.flatMap((strategy) => attaches.flatMap((attach) => scenariosOf(layer, strategy, attach))),
  );
}

function scenariosOf(
  layer: CrashLayer,
  strategy: Strategy,
  attach: (typeof attaches)[number],
): readonly CrashScenario[] {
  const text = (order: string, options: Partial<Parameters<typeof policyText>[0]> = {}) =>
    policyText({ layer, strategy, attach, order: order.split(' '), ...options });
  const common = { layer, strategy, foreign: ['x'], rebuilt: [], force: false } as const;
  const scenarios: readonly CrashScenario[] = [
    { ...common, name: 'first apply', before: null, after: text('a x b c') },
    { ...common, name: 'newer versions', before: text('a x b'), after: text('a x b'), rebuilt: ['a', 'b'] },
    { ...common, name: 'reversal of four', before: text('a b x c d'), after: text('d c x b a') },
    {
      ...common,
      name: 'change of the kind of attachment',
      before: text('a x b'),
      after: text('a x b', { attach: other[attach] }),
    },
    {
      ...common,
      name: 'removal of others',
      foreign: ['x', 'y'],
      before: text('a x b'),
      after: text('b a', { others: 'remove' }),
      force: true,
    },
    {
      ...common,
      name: 'everything at once',
      foreign: ['x', 'y'],
      before: text('a x b c'),
      after: text('c d x b a', { others: 'remove' }),
      rebuilt: ['b', 'c'],
      force: true,
    },
    { ...common, name: 'move', before: text('x a b c'), after: text('c x a b'), moved: 'c' },
  ];
  return scenarios.map((scenario) => ({
    ...scenario,
    name: `${layer}, ${strategy}, ${attach}: ${scenario.name}`,
  }));
}
