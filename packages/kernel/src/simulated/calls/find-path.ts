import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import type { Call } from '../call.js';
import type { PinPlace } from '../pin-store.js';

const layout = attr.object;
const PATH_LIMIT = 4096;
const CURRENT_DIRECTORY = -100;

/**
 * Where the path of OBJ_PIN or OBJ_GET leads (spec 15.2, OBJ_PIN #3 to #10); the current directory is `/`.
 *
 * @returns the place, or a negated error number as `PinStore.find` gives it
 */
export function findPath(call: Call): PinPlace | number {
  const { attr: input, memory, caller, kernel } = call;
  const path = memory.readString(input.u64(layout.path), PATH_LIMIT);
  if (path === null) return -errno.EFAULT;
  if (path.startsWith('/') || path === '') return kernel.pins.find(path);
  if (path.length >= PATH_LIMIT) return -errno.ENAMETOOLONG;
  if ((input.u32(layout.fileFlags) & openFlag.PATH_FD) !== 0) {
    const directory = input.u32(layout.pathFd) | 0;
    if (directory !== CURRENT_DIRECTORY) {
      const start = caller.fds.get(directory);
      if (start === undefined) return -errno.EBADF;
      if (start.kind !== 'directory') return -errno.ENOTDIR;
      return path.includes('/') ? -errno.ENOENT : -errno.EXDEV;
    }
  }
  return kernel.pins.find(`/${path}`);
}
