import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import type { SystemCall } from '../system-call.js';
import type { World } from '../world.js';
import { CallMemory } from './call-memory.js';
import { Descriptor } from './descriptor.js';
import { check, KernelError } from './kernel-error.js';

/** A kind of object that has ids. */
export type EnumeratedKind = 'program' | 'map' | 'link' | 'btf';

const enumerations: Readonly<Record<EnumeratedKind, { readonly open: number; readonly next: number }>> = {
  program: { open: command.PROG_GET_FD_BY_ID, next: command.PROG_GET_NEXT_ID },
  map: { open: command.MAP_GET_FD_BY_ID, next: command.MAP_GET_NEXT_ID },
  link: { open: command.LINK_GET_FD_BY_ID, next: command.LINK_GET_NEXT_ID },
  btf: { open: command.BTF_GET_FD_BY_ID, next: command.BTF_GET_NEXT_ID },
};

/** What every kind of object shares: opening by id, walking the ids, reading the info (spec 7.8, 7.9). */
export class ObjectCalls {
  readonly systemCall: SystemCall;
  readonly world: World;
  readonly memory: CallMemory;

  constructor(systemCall: SystemCall, world: World) {
    this.systemCall = systemCall;
    this.world = world;
    this.memory = CallMemory.of(systemCall.arena);
  }

  /** Runs a command on the attr that was written. */
  call(number: number, size: number): number {
    return this.systemCall.bpf(number, this.memory.attrAddress, size);
  }

  /** Opens an object by its id. */
  open(kind: EnumeratedKind, id: number): Descriptor {
    const fd = this.tryOpen(kind, id);
    if (fd < 0) check(fd, () => `open ${kind} ${id}`, reasonToOpen(kind));
    return new Descriptor(fd, this.world);
  }

  /** Opens an object by its id; returns an fd or the negated error number. */
  tryOpen(kind: EnumeratedKind, id: number): number {
    this.memory.setField(attr.getFdById.id, id);
    return this.call(enumerations[kind].open, 4);
  }

  /** The smallest id above `start`, or 0 when there is none. */
  nextId(kind: EnumeratedKind, start: number): number {
    this.memory.setField(attr.getFdById.id, start);
    this.memory.setField(attr.getFdById.nextId, 0);
    const result = this.call(enumerations[kind].next, 8);
    if (result === -errno.ENOENT) return 0;
    check(result, () => `list ${kind} ids`, reasonToOpen(kind));
    return this.memory.field(attr.getFdById.nextId);
  }

  /** Ids of all objects of a kind that live while the walk passes them, in ascending order. */
  *ids(kind: EnumeratedKind): Generator<number, void, undefined> {
    for (let id = this.nextId(kind, 0); id !== 0; id = this.nextId(kind, id)) yield id;
  }

  /**
   * Reads the info of an object into the info region.
   *
   * @param prepare writes input fields (pointers and counts) into the region, which is all zero before
   * @returns bytes that the kernel wrote
   */
  readInfo(fd: number, operation: () => string, prepare?: () => void): number {
    const { memory } = this;
    memory.arena.bytes.fill(0, memory.info, memory.info + memory.infoSize);
    prepare?.();
    memory.setField(attr.getInfo.fd, fd);
    memory.setField(attr.getInfo.length, memory.infoSize);
    memory.setFieldPointer(attr.getInfo.info, memory.info);
    check(this.call(command.OBJ_GET_INFO_BY_FD, attr.getInfo.end), operation, (name) =>
      name === 'EINVAL' ? 'the file descriptor is no BPF object' : undefined,
    );
    return memory.field(attr.getInfo.length);
  }

  /** A field of the info region. */
  infoField(field: number): number {
    return this.memory.arena.view.getUint32(this.memory.info + field, true);
  }

  /** A 64-bit field of the info region, to the last bit. */
  infoFieldExact(field: number): bigint {
    return this.memory.arena.view.getBigUint64(this.memory.info + field, true);
  }

  /** A 64-bit field of the info region. */
  infoField64(field: number): number {
    return this.memory.arena.getUint64(this.memory.info + field);
  }

  /**
   * Copies bytes to the start of the scratch region, or further in.
   *
   * @returns offset in the arena
   * @throws KernelError `E2BIG` when they do not fit
   */
  writeScratch(bytes: Uint8Array, from: number, operation: () => string): number {
    const { memory } = this;
    if (from + bytes.length > memory.scratchSize) {
      throw new KernelError(operation(), errno.E2BIG, {
        reason: `${from + bytes.length} bytes are more than this client passes at once (${memory.scratchSize})`,
      });
    }
    memory.arena.bytes.set(bytes, memory.scratch + from);
    return memory.scratch + from;
  }
}

function reasonToOpen(kind: EnumeratedKind): (name: string) => string | undefined {
  return (name) => {
    if (name === 'EPERM') return 'ids may be opened with CAP_SYS_ADMIN only';
    if (name === 'ENOENT') return `there is no ${kind} with this id`;
    return undefined;
  };
}
