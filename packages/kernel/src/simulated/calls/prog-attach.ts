import { isCgroupAttachType, programTypeOf } from '../../abi/attach-type-program.js';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import { programType } from '../../abi/program-type.js';
import type { AttrReader } from '../attr-reader.js';
import type { Command } from '../call.js';
import { checkCompatibility } from '../compatibility.js';
import type { LayerRequest } from '../layers/layer.js';
import { answerWithoutLayer } from '../layers/unlayered.js';
import { programByFd } from '../lookup.js';

const layout = attr.progAttach;

/** Flags of the attach types that use the engine. */
export const MPROG_FLAGS: number = flag.REPLACE | flag.BEFORE | flag.AFTER | flag.ID | flag.LINK;
const SINGLE_FLAGS = flag.ALLOW_OVERRIDE | flag.ALLOW_MULTI | flag.REPLACE | flag.PREORDER;
const CGROUP_FLAGS = MPROG_FLAGS | SINGLE_FLAGS;

/** What an attr of PROG_ATTACH or PROG_DETACH asks of a layer. */
export function attachRequest(input: AttrReader): LayerRequest {
  return {
    attachType: input.u32(layout.attachType),
    target: input.u32(layout.target),
    flags: input.u32(layout.flags),
    replaceFd: input.u32(layout.replaceFd),
    relative: input.u32(layout.relative),
    expectedRevision: input.revision(layout.expectedRevision),
  };
}

/** PROG_ATTACH (spec 7.1). */
export const progAttach: Command = {
  end: layout.end,
  run(call) {
    const request = attachRequest(call.attr);
    const type = programTypeOf(request.attachType);
    if (type === programType.UNSPEC) return -errno.EINVAL;
    if (type === programType.SCHED_CLS) {
      if ((request.flags & ~MPROG_FLAGS) !== 0) return -errno.EINVAL;
    } else if (isCgroupAttachType(request.attachType)) {
      if ((request.flags & ~CGROUP_FLAGS) !== 0) return -errno.EINVAL;
    } else {
      if ((request.flags & ~SINGLE_FLAGS) !== 0) return -errno.EINVAL;
      if (request.relative !== 0 || request.expectedRevision !== 0) return -errno.EINVAL;
    }
    const program = programByFd(call, call.attr.u32(layout.programFd), type);
    if (typeof program === 'number') return program;
    // Every reason is EINVAL here, also a missing capability.
    if (checkCompatibility(call, program, request.attachType) !== 0) return -errno.EINVAL;
    const layer = call.kernel.layerOf(request.attachType);
    return layer === undefined
      ? answerWithoutLayer(call, 'attach', request.attachType, request.target)
      : layer.attach(call, request, program);
  },
};
