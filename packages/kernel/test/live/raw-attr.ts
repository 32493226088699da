import { attachType } from '../../src/abi/attach-type.js';
import { attr } from '../../src/abi/attr.js';
import { command } from '../../src/abi/command.js';
import { info } from '../../src/abi/info.js';
import type { Host } from '../../src/host.js';

/** A hook as bpf(2) names it. */
export interface RawHook {
  readonly ifindex: number;
  readonly type?: number;
}

/** A few commands of bpf(2) written as bytes, so that tests of the Linux kernel see nothing but it. */
export class RawAttr {
  readonly #host: Host;
  readonly #attr: number;
  readonly #ids: number;

  constructor(host: Host) {
    this.#host = host;
    this.#attr = host.systemCall.arena.reserve(256);
    this.#ids = host.systemCall.arena.reserve(1024);
  }

  get address(): number {
    return this.#host.systemCall.arena.address(this.#attr);
  }

  /** Writes an attr of 32-bit words at byte offsets, all else zero. */
  write(words: Readonly<Record<number, number>>): void {
    const { arena } = this.#host.systemCall;
    arena.bytes.fill(0, this.#attr, this.#attr + 256);
    for (const [at, value] of Object.entries(words)) {
      arena.view.setUint32(this.#attr + Number(at), value, true);
    }
  }

  writeAttach(hook: RawHook, programFd: number): void {
    const { target, programFd: program, attachType: type } = attr.progAttach;
    this.write({ [target]: hook.ifindex, [program]: programFd, [type]: hook.type ?? attachType.TCX_INGRESS });
  }

  attach(hook: RawHook, programFd: number): number {
    this.writeAttach(hook, programFd);
    return this.#host.systemCall.bpf(command.PROG_ATTACH, this.address, attr.progAttach.end);
  }

  detach(hook: RawHook, programFd: number): number {
    this.writeAttach(hook, programFd);
    return this.#host.systemCall.bpf(command.PROG_DETACH, this.address, attr.progAttach.end);
  }

  attachLater(hook: RawHook, programFd: number): Promise<number> {
    this.writeAttach(hook, programFd);
    return this.#host.systemCall.bpfLater(command.PROG_ATTACH, this.address, attr.progAttach.end);
  }

  link(hook: RawHook, programFd: number): number {
    const { target, programFd: program, attachType: type, end } = attr.linkCreate;
    this.write({ [target]: hook.ifindex, [program]: programFd, [type]: hook.type ?? attachType.TCX_INGRESS });
    return this.#host.systemCall.bpf(command.LINK_CREATE, this.address, end);
  }

  /** Ids of the programs of a hook in run order, or the negated error number. */
  query(hook: RawHook): number | readonly number[] {
    const { arena, bpf } = this.#bound();
    const { target, attachType: type, count, programIds, end } = attr.progQuery;
    this.write({ [target]: hook.ifindex, [type]: hook.type ?? attachType.TCX_INGRESS, [count]: 64 });
    arena.setPointer(this.#attr + programIds, this.#ids);
    const result = bpf(command.PROG_QUERY, end);
    if (result < 0) return result;
    const found = arena.view.getUint32(this.#attr + count, true);
    return Array.from({ length: found }, (_, at) => arena.view.getUint32(this.#ids + at * 4, true));
  }

  /** One 32-bit field of what OBJ_GET_INFO_BY_FD writes, or the negated error number. */
  infoField(fd: number, field: number): number {
    const { arena, bpf } = this.#bound();
    this.write({ [attr.getInfo.fd]: fd, [attr.getInfo.length]: info.program.size });
    arena.bytes.fill(0, this.#ids, this.#ids + info.program.size);
    arena.setPointer(this.#attr + attr.getInfo.info, this.#ids);
    const result = bpf(command.OBJ_GET_INFO_BY_FD, attr.getInfo.end);
    return result < 0 ? result : arena.view.getUint32(this.#ids + field, true);
  }

  id(fd: number): number {
    return this.infoField(fd, info.program.id);
  }

  /** Whether a program with this id exists. */
  programExists(id: number): boolean {
    const { bpf } = this.#bound();
    this.write({ [attr.getFdById.id]: id });
    const fd = bpf(command.PROG_GET_FD_BY_ID, 12);
    if (fd >= 0) this.#host.world.close(fd);
    return fd >= 0;
  }

  #bound() {
    const { systemCall } = this.#host;
    const bpf = (number: number, size: number) => systemCall.bpf(number, this.address, size);
    return { arena: systemCall.arena, bpf };
  }
}
