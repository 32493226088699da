import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import type { Command } from '../call.js';
import { isPinnable } from '../pin-store.js';
import { findPath } from './find-path.js';

const layout = attr.object;

/** OBJ_PIN (spec 15.2). */
export const objPin: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, kernel } = call;
    const flags = input.u32(layout.fileFlags);
    if ((flags & ~openFlag.PATH_FD) !== 0) return -errno.EINVAL;
    if ((flags & openFlag.PATH_FD) === 0 && input.u32(layout.pathFd) !== 0) return -errno.EINVAL;
    const object = call.caller.fds.get(input.u32(layout.fd));
    if (object === undefined || !isPinnable(object)) return -errno.EINVAL;
    const place = findPath(call);
    if (place === -errno.EXDEV) return -errno.EPERM;
    if (typeof place === 'number') return place;
    if (place.entry !== undefined) return -errno.EEXIST;
    if (place.name.includes('.')) return -errno.EPERM;
    kernel.pins.add(place, object);
    return 0;
  },
};
