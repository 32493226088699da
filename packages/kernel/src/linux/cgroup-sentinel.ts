import { attr } from '../abi/attr.js';
import { cgroupAttachTypes } from '../abi/cgroup-attach-type.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { info } from '../abi/info.js';
import { programType } from '../abi/program-type.js';
import type { ForeignFunctions } from './ffi.js';
import { orThrow } from './linux-error.js';

/** Places to try: one may be refused because of what is attached there or above. */
const places = [
  [cgroupAttachTypes.sysctl, programType.CGROUP_SYSCTL],
  [cgroupAttachTypes.device, programType.CGROUP_DEVICE],
  [cgroupAttachTypes.sock_ops, programType.SOCK_OPS],
] as const;

/**
 * A link on a cgroup that tells when the kernel has released what was attached to it: after the directory was removed the
 * kernel does so by itself, all in one step, and this link becomes defunct in that step (spec 10.8).
 */
export class CgroupSentinel implements Disposable {
  readonly #foreign: ForeignFunctions;
  readonly #link: number;

  /** @param load loads a program of a type that allows everything; returns its fd */
  constructor(foreign: ForeignFunctions, cgroup: number, load: (type: number) => number) {
    this.#foreign = foreign;
    let result = -errno.EPERM;
    for (const [attachType, type] of places) {
      const program = load(type);
      result = this.#attach(cgroup, program, attachType);
      foreign.call('close', program);
      if (result >= 0) break;
    }
    this.#link = orThrow(result, 'watch a cgroup that is to be removed');
  }

  get released(): boolean {
    const { scratch } = this.#foreign;
    const layout = attr.getInfo;
    const at = 64;
    scratch.bytes.fill(0, 0, at + info.link.size);
    scratch.view.setUint32(layout.fd, this.#link, true);
    scratch.view.setUint32(layout.length, info.link.size, true);
    scratch.setPointer(layout.info, at);
    const result = this.#foreign.bpf(command.OBJ_GET_INFO_BY_FD, scratch.address(0), layout.end);
    orThrow(result, 'watch a cgroup that is to be removed');
    return scratch.getUint64(at + info.link.cgroupId) === 0;
  }

  [Symbol.dispose](): void {
    this.#foreign.call('close', this.#link);
  }

  #attach(cgroup: number, program: number, attachType: number): number {
    const { scratch } = this.#foreign;
    const layout = attr.linkCreate;
    scratch.bytes.fill(0, 0, layout.end);
    scratch.view.setUint32(layout.programFd, program, true);
    scratch.view.setUint32(layout.target, cgroup, true);
    scratch.view.setUint32(layout.attachType, attachType, true);
    return this.#foreign.bpf(command.LINK_CREATE, scratch.address(0), layout.end);
  }
}
