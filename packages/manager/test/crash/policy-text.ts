import type { Strategy } from '../../src/planner/problem.js';
import type { CrashLayer } from './scenarios.js';

/** Names that stand for programs of others; every other name is an object file `NAME.o` beside the policy. */
const FOREIGN: readonly string[] = ['x', 'y', 'z'];

/**
 * Writes a policy for one hook.
 *
 * @returns a function of the hook's target: a device, or the path of a cgroup
 */
export function policyText({
  layer,
  order,
  attach,
  strategy,
  others = 'keep',
  claim,
}: {
  readonly layer: CrashLayer;
  readonly order: readonly string[];
  readonly attach: 'link' | 'program';
  readonly strategy: Strategy;
  readonly others?: 'keep' | 'remove';
  /** Claims, as a policy says them: `first: a`. */
  readonly claim?: string;
}): (target: string) => string {
  const programs = order.map((name) =>
    FOREIGN.includes(name) ? `  ${name}: { match: { name: ${name} } }` : `  ${name}: { object: ${name}.o }`,
  );
  const on = layer === 'tcx' ? 'tcx/ingress' : 'cgroup/inet_ingress';
  const targets = layer === 'tcx' ? 'devices' : 'cgroups';
  return (target) => `version: 1
programs:
${programs.join('\n')}
hooks:
  - on: ${on}
    ${targets}: ["${target}"]
    order: [${order.join(', ')}]
    attach: ${attach}
    strategy: ${strategy}
    others: ${others}
${claim === undefined ? '' : `    ${claim}\n`}`;
}
