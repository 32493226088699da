import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { type Command, isCapable } from '../call.js';

const RUN_TIME = 0;

/** ENABLE_STATS (spec 15): runs are counted while an fd that it gave is open. */
export const enableStats: Command = {
  end: attr.enableStats.end,
  run(call) {
    if (!isCapable(call, 'CAP_SYS_ADMIN')) return -errno.EPERM;
    if (call.attr.u32(attr.enableStats.type) !== RUN_TIME) return -errno.EINVAL;
    return call.kernel.openFd(call.caller, call.kernel.statistics);
  },
};
