import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { type Command, isCapable } from '../call.js';
import type { SimulatedKernel } from '../simulated-kernel.js';

const layout = attr.getFdById;
const MAX_ID = 0x7fff_ffff;

/** A *_GET_NEXT_ID command (spec 7.8) over one of the kernel's tables. */
function getNextId(tableOf: (kernel: SimulatedKernel) => { idAfter(id: number): number }): Command {
  return {
    end: 8,
    run(call) {
      const start = call.attr.u32(layout.id);
      if (start >= MAX_ID) return -errno.EINVAL;
      if (!isCapable(call, 'CAP_SYS_ADMIN')) return -errno.EPERM;
      const next = tableOf(call.kernel).idAfter(start);
      if (next === 0) return -errno.ENOENT;
      return call.memory.writeU32(call.address + layout.nextId, next) ? 0 : -errno.EFAULT;
    },
  };
}

/** PROG_GET_NEXT_ID (spec 7.8). */
export const progGetNextId: Command = getNextId((kernel) => kernel.programs);

/** LINK_GET_NEXT_ID (spec 7.8). */
export const linkGetNextId: Command = getNextId((kernel) => kernel.links);

/** MAP_GET_NEXT_ID (spec 15). */
export const mapGetNextId: Command = getNextId((kernel) => kernel.maps);

/** BTF_GET_NEXT_ID (spec 15). */
export const btfGetNextId: Command = getNextId((kernel) => kernel.btfs);
