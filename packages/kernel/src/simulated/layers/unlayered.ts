import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { queryFlag } from '../../abi/flag.js';
import type { Call } from '../call.js';
import { cgroupByFd } from '../lookup.js';
import { writeCounts } from './query-answer.js';

/** Attach types whose hooks are not simulated, but whose targets are looked at (spec 15.8 #11, #12). */
const unlayered = {
  SOCKMAP: [4, 5, 7, 38],
  FLOW_DISSECTOR: 17,
  LSM_MAC: 27,
  SK_LOOKUP: 36,
  LSM_CGROUP: 43,
} as const;

/** What PROG_ATTACH, PROG_DETACH, PROG_QUERY or LINK_CREATE answers for an attach type that belongs to no layer. */
export function answerWithoutLayer(
  call: Call,
  operation: 'attach' | 'detach' | 'query' | 'link',
  attachType: number,
  target: number,
): number {
  if ((unlayered.SOCKMAP as readonly number[]).includes(attachType)) {
    return operation === 'attach' && call.attr.u32(attr.progAttach.flags) !== 0
      ? -errno.EINVAL
      : refuseTarget(call, target);
  }
  if (attachType === unlayered.FLOW_DISSECTOR || attachType === unlayered.SK_LOOKUP) {
    return operation === 'link' || operation === 'query' ? refuseTarget(call, target) : -errno.EINVAL;
  }
  if (attachType === unlayered.LSM_CGROUP && operation === 'query') return queryOfNothing(call, target);
  if (operation !== 'detach') return -errno.EINVAL;
  if (attachType !== unlayered.LSM_CGROUP && attachType !== unlayered.LSM_MAC) return -errno.EINVAL;
  const cgroup = cgroupByFd(call, target);
  if (typeof cgroup === 'number') return cgroup;
  return attachType === unlayered.LSM_CGROUP ? -errno.ENOENT : -errno.EINVAL;
}

/** Whatever is open is something else than what was wanted. */
function refuseTarget(call: Call, fd: number): number {
  return call.caller.fds.get(fd) === undefined ? -errno.EBADF : -errno.EINVAL;
}

/** Programs of LSM cannot be loaded, so that there is never one to tell of (spec 10.7). */
function queryOfNothing(call: Call, target: number): number {
  const { attr: input } = call;
  const layout = attr.progQuery;
  const cgroup = cgroupByFd(call, target);
  if (typeof cgroup === 'number') return cgroup;
  const wantsFlags = input.u64(layout.programFlags) !== 0;
  const wantsPrograms = input.u64(layout.programIds) !== 0 && input.u32(layout.count) !== 0;
  const effective = (input.u32(layout.queryFlags) & queryFlag.EFFECTIVE) !== 0;
  if (effective ? wantsFlags : wantsPrograms && !wantsFlags) return -errno.EINVAL;
  const revision = call.size >= layout.end ? 0 : null;
  return writeCounts(call, { attachFlags: 0, revision, count: 0 }) ? 0 : -errno.EFAULT;
}
