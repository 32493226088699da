import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import { type Call, type Command, isCapable } from '../call.js';
import { linkById, programById } from '../lookup.js';
import type { Access } from '../objects/fd-table.js';
import type { KernelObject } from '../objects/kernel-object.js';

const layout = attr.getFdById;

/** A *_GET_FD_BY_ID command (spec 7.8): capability, then the object, then an fd for it. */
function getFdById(
  end: number,
  find: (call: Call, id: number) => KernelObject | number,
  known: readonly number[] = [],
): Command {
  return {
    end,
    run(call) {
      const flags = call.attr.u32(layout.openFlags);
      if (flags !== 0 && !known.includes(flags)) return -errno.EINVAL;
      if (!isCapable(call, 'CAP_SYS_ADMIN')) return -errno.EPERM;
      const object = find(call, call.attr.u32(layout.id));
      return typeof object === 'number' ? object : call.kernel.openFd(call.caller, object, flags as Access);
    },
  };
}

/** PROG_GET_FD_BY_ID (spec 7.8). */
export const progGetFdById: Command = getFdById(4, programById);

/** LINK_GET_FD_BY_ID (spec 7.8). */
export const linkGetFdById: Command = getFdById(4, linkById);

/** MAP_GET_FD_BY_ID (spec 15.6). */
export const mapGetFdById: Command = getFdById(12, (call, id) => call.kernel.maps.get(id) ?? -errno.ENOENT, [
  openFlag.RDONLY,
  openFlag.WRONLY,
]);

/** BTF_GET_FD_BY_ID (spec 15.6). */
export const btfGetFdById: Command = {
  end: 16,
  run(call) {
    if (call.attr.u32(layout.openFlags) === openFlag.TOKEN_FD) {
      return call.caller.fds.get(call.attr.u32(layout.tokenFd)) === undefined ? -errno.EBADF : -errno.EINVAL;
    }
    return btfWithoutToken.run(call);
  },
};

const btfWithoutToken: Command = getFdById(16, (call, id) => call.kernel.btfs.get(id) ?? -errno.ENOENT);
