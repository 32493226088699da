import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import type { Command } from '../call.js';
import type { Access } from '../objects/fd-table.js';
import { findPath } from './find-path.js';

const layout = attr.object;
const MODES = openFlag.RDONLY | openFlag.WRONLY;

/** OBJ_GET (spec 15.2). */
export const objGet: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, kernel } = call;
    const flags = input.u32(layout.fileFlags);
    if (input.u32(layout.fd) !== 0 || (flags & ~(MODES | openFlag.PATH_FD)) !== 0) return -errno.EINVAL;
    if ((flags & MODES) === MODES) return -errno.EINVAL;
    if ((flags & openFlag.PATH_FD) === 0 && input.u32(layout.pathFd) !== 0) return -errno.EINVAL;
    const place = findPath(call);
    // What exists outside of bpffs is no pin; a name that is missing there is just missing.
    if (place === -errno.EEXIST) return -errno.EACCES;
    if (place === -errno.EXDEV) return -errno.ENOENT;
    if (typeof place === 'number') return place;
    const { entry } = place;
    if (entry === undefined) return place.name.includes('.') ? -errno.EPERM : -errno.ENOENT;
    if (entry.kind === 'directory') return -errno.EACCES;
    const mode = (flags & MODES) as Access;
    if (entry.kind === 'link' && mode !== 0) return -errno.EINVAL;
    return kernel.openFd(call.caller, entry, mode);
  },
};
