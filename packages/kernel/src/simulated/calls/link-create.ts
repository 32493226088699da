import { attr } from '../../abi/attr.js';
import type { Command } from '../call.js';
import { checkCompatibility } from '../compatibility.js';
import { answerWithoutLayer } from '../layers/unlayered.js';
import { programByFd } from '../lookup.js';

const layout = attr.linkCreate;

/** End of the last field of the union with other kinds of links; only from there on junk is refused (spec 1.5). */
const UNION_END = 60;

/** LINK_CREATE (spec 7.4). */
export const linkCreate: Command = {
  end: UNION_END,
  run(call) {
    const { attr: input } = call;
    const program = programByFd(call, input.u32(layout.programFd));
    if (typeof program === 'number') return program;
    const attachType = input.u32(layout.attachType);
    const incompatible = checkCompatibility(call, program, attachType);
    if (incompatible !== 0) return incompatible;
    const layer = call.kernel.layerOf(attachType);
    if (layer === undefined) return answerWithoutLayer(call, 'link', attachType, input.u32(layout.target));
    const request = {
      attachType,
      target: input.u32(layout.target),
      flags: input.u32(layout.flags),
      replaceFd: 0,
      relative: input.u32(layout.relative),
      expectedRevision: input.revision(layout.expectedRevision),
    };
    return layer.createLink(call, request, program);
  },
};
