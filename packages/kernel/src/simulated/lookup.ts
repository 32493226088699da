import { errno } from '../abi/errno.js';
import type { Call } from './call.js';
import type { BtfObject } from './objects/btf.js';
import type { Cgroup } from './objects/cgroup.js';
import type { LinkObject } from './objects/link.js';
import type { MapObject } from './objects/map.js';
import type { ProgramObject } from './objects/program.js';

/** A look-up that failed: a negated error number. */
export type Failure = number;

/**
 * The program behind an fd (spec 2.1).
 *
 * @param type type that it must have; any when absent
 */
export function programByFd(call: Call, fd: number, type?: number): ProgramObject | Failure {
  const object = call.caller.fds.get(fd);
  if (object === undefined) return -errno.EBADF;
  if (object.kind !== 'program') return -errno.EINVAL;
  return type === undefined || object.type === type ? object : -errno.EINVAL;
}

/** The link behind an fd (spec 2.1). */
export function linkByFd(call: Call, fd: number): LinkObject | Failure {
  const object = call.caller.fds.get(fd);
  if (object === undefined) return -errno.EBADF;
  return object.kind === 'link' ? object : -errno.EINVAL;
}

/** The map behind an fd (spec 15). */
export function mapByFd(call: Call, fd: number): MapObject | Failure {
  const object = call.caller.fds.get(fd);
  if (object === undefined) return -errno.EBADF;
  return object.kind === 'map' ? object : -errno.EINVAL;
}

/** The type information behind an fd (spec 15). */
export function btfByFd(call: Call, fd: number): BtfObject | Failure {
  const object = call.caller.fds.get(fd);
  if (object === undefined) return -errno.EBADF;
  return object.kind === 'btf' ? object : -errno.EINVAL;
}

/** The cgroup behind an fd of its directory (spec 10.2). */
export function cgroupByFd(call: Call, fd: number): Cgroup | Failure {
  const object = call.caller.fds.get(fd);
  if (object?.kind !== 'directory') return -errno.EBADF;
  return object.cgroup.removed ? -errno.ENOENT : object.cgroup;
}

/** The link with an id (spec 2.1). */
export function linkById(call: Call, id: number): LinkObject | Failure {
  const link = call.kernel.links.get(id);
  if (link === undefined) return -errno.ENOENT;
  return link.announced ? link : -errno.EAGAIN;
}

/** The program with an id (spec 2.1). */
export function programById(call: Call, id: number): ProgramObject | Failure {
  return call.kernel.programs.get(id) ?? -errno.ENOENT;
}
