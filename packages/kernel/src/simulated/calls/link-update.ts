import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import type { Command } from '../call.js';
import { linkByFd, programByFd } from '../lookup.js';
import type { ProgramObject } from '../objects/program.js';

const layout = attr.linkUpdate;

/** LINK_UPDATE (spec 7.5). */
export const linkUpdate: Command = {
  end: layout.end,
  run(call) {
    const { attr: input } = call;
    const flags = input.u32(layout.flags);
    if ((flags & ~flag.REPLACE) !== 0) return -errno.EINVAL;
    const link = linkByFd(call, input.u32(layout.linkFd));
    if (typeof link === 'number') return link;
    const program = programByFd(call, input.u32(layout.programFd));
    if (typeof program === 'number') return program;
    const oldFd = input.u32(layout.oldProgramFd);
    let old: ProgramObject | null = null;
    if ((flags & flag.REPLACE) !== 0) {
      const named = programByFd(call, oldFd);
      if (typeof named === 'number') return named;
      old = named;
    } else if (oldFd !== 0) {
      return -errno.EINVAL;
    }
    return link.layer.updateLink(call, link, program, old);
  },
};
