import { attachType } from '../abi/attach-type.js';
import { programTypeOf } from '../abi/attach-type-program.js';
import { errno } from '../abi/errno.js';
import { programType } from '../abi/program-type.js';
import { type Call, isCapable } from './call.js';
import { constantReturn } from './constant-return.js';
import type { ProgramObject } from './objects/program.js';

/**
 * Whether a program may go to hooks of an attach type (spec 7.6).
 *
 * @returns 0 or a negated error number
 */
export function checkCompatibility(call: Call, program: ProgramObject, type: number): number {
  switch (program.type) {
    case programType.CGROUP_SOCK:
    case programType.CGROUP_SOCK_ADDR:
    case programType.CGROUP_SOCKOPT:
    case programType.SK_LOOKUP:
      return type === program.expectedAttachType ? 0 : -errno.EINVAL;
    case programType.CGROUP_SKB:
      if (!isCapable(call, 'CAP_NET_ADMIN')) return -errno.EPERM;
      if (type === attachType.CGROUP_INET_EGRESS) return 0;
      return type === attachType.CGROUP_INET_INGRESS && !isForEgressAlone(program) ? 0 : -errno.EINVAL;
    default:
      return programTypeOf(type) === program.type ? 0 : -errno.EINVAL;
  }
}

/** Only the verifier knows all return values of a program; here those that return a constant are known. */
function isForEgressAlone({ expectedAttachType, instructions }: ProgramObject): boolean {
  const value = constantReturn(instructions);
  return expectedAttachType === attachType.CGROUP_INET_EGRESS && (value === 2 || value === 3);
}
