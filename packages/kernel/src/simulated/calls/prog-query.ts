import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { queryFlag } from '../../abi/flag.js';
import { type Command, isCapable } from '../call.js';
import { answerWithoutLayer } from '../layers/unlayered.js';

const layout = attr.progQuery;

/** PROG_QUERY (spec 7.3). */
export const progQuery: Command = {
  end: layout.end,
  before: (call) => (isCapable(call, 'CAP_NET_ADMIN') ? 0 : -errno.EPERM),
  run(call) {
    if ((call.attr.u32(layout.queryFlags) & ~queryFlag.EFFECTIVE) !== 0) return -errno.EINVAL;
    const type = call.attr.u32(layout.attachType);
    const layer = call.kernel.layerOf(type);
    return layer === undefined
      ? answerWithoutLayer(call, 'query', type, call.attr.u32(layout.target))
      : layer.query(call, type);
  },
};
