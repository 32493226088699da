import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import type { Command } from '../call.js';
import { mapByFd } from '../lookup.js';

/** MAP_FREEZE (spec 15.4): from there on bpf(2) changes the map no more. */
export const mapFreeze: Command = {
  end: 4,
  run(call) {
    const fd = call.attr.u32(attr.mapElement.mapFd);
    const map = mapByFd(call, fd);
    if (typeof map === 'number') return map;
    if (call.caller.fds.access(fd) === openFlag.RDONLY || map.frozen) return -errno.EPERM;
    map.frozen = true;
    return 0;
  },
};
