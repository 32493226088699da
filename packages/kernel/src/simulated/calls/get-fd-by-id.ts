import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { type Call, type Command, isCapable } from '../call.js';
import { linkById, programById } from '../lookup.js';
import type { KernelObject } from '../objects/kernel-object.js';

const layout = attr.getFdById;

/** A *_GET_FD_BY_ID command (spec 7.8): capability, then the object, then an fd for it. */
function getFdById(end: number, find: (call: Call, id: number) => KernelObject | number): Command {
  return {
    end,
    run(call) {
      if (!isCapable(call, 'CAP_SYS_ADMIN')) return -errno.EPERM;
      const object = find(call, call.attr.u32(layout.id));
      return typeof object === 'number' ? object : call.kernel.openFd(call.caller, object);
    },
  };
}

/** PROG_GET_FD_BY_ID (spec 7.8). */
export const progGetFdById: Command = getFdById(4, programById);

/** LINK_GET_FD_BY_ID (spec 7.8). */
export const linkGetFdById: Command = getFdById(4, linkById);

/** BTF_GET_FD_BY_ID (spec 15). */
export const btfGetFdById: Command = getFdById(16, (call, id) => call.kernel.btfs.get(id) ?? -errno.ENOENT);
