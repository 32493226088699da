import type { CycleEdge, Unsatisfiable } from '../planner/chain-plan.js';
import type { Claim, Constraint } from '../planner/problem.js';
import type { PlanError } from './policy-plan-data.js';

/** Why there is no plan for a hook, in the words of whoever asked. */
export function describeUnsatisfiable(
  reason: Unsatisfiable,
  operation: string,
  nameOf: (key: string) => string,
): PlanError {
  const error = (code: string, words: string, remedy: string): PlanError => ({
    code,
    message: `${operation}: ${words}${code.startsWith('ERR_') ? '' : ` (${code})`}; ${remedy}`,
  });
  switch (reason.kind) {
    case 'cycle':
      return error(
        'ERR_CONTRADICTION',
        `the order is impossible: ${reason.edges.map((edge) => describeEdge(edge, nameOf)).join('; ')}`,
        reason.edges.some(({ kind }) => kind === 'wall')
          ? 'programs of others are never moved, so change what is asked'
          : 'take one of these back',
      );
    case 'claims':
      return error(
        'ERR_CONTRADICTION',
        `two claims contradict: ${reason.claims.map((claim) => describeClaim(claim, nameOf)).join('; ')}`,
        'take one of them back',
      );
    case 'full':
      return reason.meanwhile
        ? error(
            'ERANGE',
            `the hook would need ${reason.needed} places meanwhile, and has ${reason.capacity}`,
            'choose strategy in-place or gap, or detach a program first',
          )
        : error(
            'ERANGE',
            `${reason.needed} programs do not fit, the hook takes ${reason.capacity}`,
            'ask for fewer',
          );
    case 'no-stand-in':
      return error(
        'ERR_NO_STAND_IN',
        `${reason.keys.map(nameOf).join(', ')} cannot be at two places for a moment: ${reason.reasons.join('; ')}`,
        'choose strategy in-place or gap',
      );
    case 'no-place':
      return error('EINVAL', `${nameOf(reason.key)} has no place: ${reason.reason}`, 'choose another place');
  }
}

function describeEdge(edge: CycleEdge, nameOf: (key: string) => string): string {
  const order = `${nameOf(edge.before)} before ${nameOf(edge.after)}`;
  return edge.kind === 'wall' ? `${order} (as they run today)` : `${order} (${edge.source.where})`;
}

function describeClaim(claim: Claim | Constraint, nameOf: (key: string) => string): string {
  const what = 'key' in claim ? claim.source.words : `${nameOf(claim.before)} before ${nameOf(claim.after)}`;
  return `${what} (${claim.source.where})`;
}
