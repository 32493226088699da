import { isCgroupAttachType, programTypeOf } from '../../abi/attach-type-program.js';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { programType } from '../../abi/program-type.js';
import { type Command, isCapable } from '../call.js';
import { answerWithoutLayer } from '../layers/unlayered.js';
import { programByFd } from '../lookup.js';
import type { ProgramObject } from '../objects/program.js';
import { attachRequest, MPROG_FLAGS } from './prog-attach.js';

const layout = attr.progAttach;

/** PROG_DETACH (spec 7.2). */
export const progDetach: Command = {
  end: layout.end,
  run(call) {
    const request = attachRequest(call.attr);
    const type = programTypeOf(request.attachType);
    if (type === programType.UNSPEC) return -errno.EINVAL;
    let program: ProgramObject | null = null;
    if (type === programType.SCHED_CLS) {
      if ((request.flags & ~MPROG_FLAGS) !== 0) return -errno.EINVAL;
      const fd = call.attr.u32(layout.programFd);
      if (fd !== 0) {
        const named = programByFd(call, fd, type);
        if (typeof named === 'number') return named;
        program = named;
      } else if (!isCapable(call, 'CAP_NET_ADMIN')) {
        return -errno.EPERM;
      }
    } else {
      if (request.flags !== 0 || request.relative !== 0) return -errno.EINVAL;
      if (!isCgroupAttachType(request.attachType) && request.expectedRevision !== 0) return -errno.EINVAL;
    }
    const layer = call.kernel.layerOf(request.attachType);
    return layer === undefined
      ? answerWithoutLayer(call, 'detach', request.attachType, request.target)
      : layer.detach(call, request, program);
  },
};
