import { errno } from '../../abi/errno.js';
import type { Call } from '../call.js';
import type { LinkObject, LinkTarget } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import type { Layer, LayerRequest } from './layer.js';

/**
 * Makes a link, attaches it and announces it (spec 7.4, 8.4, 10.4). One whose attach fails never appears, but its id is
 * consumed.
 *
 * @param attach puts the link into its hook; returns a negated error number when it may not be there
 * @returns the fd of the link or a negated error number
 */
export function makeLink(
  call: Call,
  layer: Layer,
  request: LayerRequest,
  program: ProgramObject,
  target: LinkTarget,
  attach: (link: LinkObject) => number,
): number {
  const { fds } = call.caller;
  if (!fds.hasRoom) return -errno.EMFILE;
  const { links } = call.kernel;
  const link: LinkObject = {
    kind: 'link',
    id: links.allocateId(),
    type: layer.linkType,
    attachType: request.attachType,
    layer,
    program,
    target,
    announced: false,
    references: 0,
  };
  links.add(link);
  const result = attach(link);
  if (result < 0) {
    links.delete(link.id);
    return result;
  }
  call.kernel.acquire(program);
  link.announced = true;
  return fds.add(call.kernel.acquire(link));
}

/**
 * What keeps a link from being updated, whatever its layer (spec 7.5 #a, #b).
 *
 * @param old the program that the link must have; null for any
 * @returns 0 or a negated error number
 */
export function refusedUpdate(link: LinkObject, old: ProgramObject | null): number {
  if (link.target === null) return -errno.ENOLINK;
  return old === null || old === link.program ? 0 : -errno.EPERM;
}

/** Moves the link's reference from its program to another one (spec 2.2). */
export function changeProgram(kernel: SimulatedKernel, link: LinkObject, program: ProgramObject): void {
  const before = link.program;
  link.program = kernel.acquire(program);
  kernel.release(before);
}
