import { attachType } from '../abi/attach-type.js';
import { programTypeOf } from '../abi/attach-type-program.js';
import { errno } from '../abi/errno.js';
import { programType } from '../abi/program-type.js';
import { type Call, isCapable } from './call.js';
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
      // Only the verifier knows which return values a program has, so none is bound to its expected type here.
      return type === attachType.CGROUP_INET_INGRESS || type === attachType.CGROUP_INET_EGRESS
        ? 0
        : -errno.EINVAL;
    default:
      return programTypeOf(type) === program.type ? 0 : -errno.EINVAL;
  }
}
