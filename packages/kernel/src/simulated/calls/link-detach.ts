import { attr } from '../../abi/attr.js';
import type { Command } from '../call.js';
import { linkByFd } from '../lookup.js';

const layout = attr.linkDetach;

/** LINK_DETACH (spec 7.7). */
export const linkDetach: Command = {
  end: layout.end,
  run(call) {
    const link = linkByFd(call, call.attr.u32(layout.linkFd));
    if (typeof link === 'number') return link;
    link.layer.detachLink(link);
    return 0;
  },
};
