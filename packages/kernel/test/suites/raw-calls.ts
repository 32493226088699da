import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { attachType, command, errnoName, type Host, programType } from '../../src/index.js';

/** What a call returns here: its result, or the name of its error. */
export type Result = number | string;

/** One field of an attr: its offset, its value and its width in bytes. */
export type Field = readonly [at: number, value: number | bigint, width?: 1 | 4 | 8];

const ATTR_ROOM = 4160;
const BUFFER_ROOM = 65_536;

export interface AttachFields {
  readonly target: number;
  readonly program?: number;
  readonly type?: number;
  readonly flags?: number;
  readonly replace?: number;
  readonly relative?: number;
  readonly revision?: number | bigint;
}

export interface QueryAnswer {
  readonly result: Result;
  readonly revision: number;
  readonly count: number;
  readonly programs: readonly number[];
  readonly links: readonly number[];
}

/** bpf(2) as plain bytes: attrs are written field by field, so that a test sees the kernel and nothing of a client. */
export class RawCalls {
  readonly host: Host;
  readonly attr: number;
  readonly buffer: number;
  readonly size: number = BUFFER_ROOM;

  constructor(host: Host) {
    const { arena } = host.systemCall;
    this.host = host;
    this.attr = arena.reserve(ATTR_ROOM);
    this.buffer = arena.reserve(BUFFER_ROOM);
  }

  /** Address of a byte of the buffer. */
  at(offset: number = 0): number {
    return this.host.systemCall.arena.address(this.buffer + offset);
  }

  /** Address of an arena-less byte: nothing is mapped there. */
  get nowhere(): number {
    return 8;
  }

  bytes(offset: number, length: number): Uint8Array {
    return this.host.systemCall.arena.bytes.subarray(this.buffer + offset, this.buffer + offset + length);
  }

  u32(offset: number): number {
    return this.host.systemCall.arena.view.getUint32(this.buffer + offset, true);
  }

  put(offset: number, bytes: ArrayLike<number>): number {
    this.host.systemCall.arena.bytes.set(bytes, this.buffer + offset);
    return this.at(offset);
  }

  text(offset: number, text: string): number {
    return this.put(offset, new TextEncoder().encode(`${text}\0`));
  }

  /** A field of the attr as the last call left it. */
  field(at: number): number {
    return this.host.systemCall.arena.view.getUint32(this.attr + at, true);
  }

  /**
   * Runs a command on an attr with just these fields.
   *
   * @param size bytes of the attr that are passed
   */
  call(number: number, size: number, fields: readonly Field[]): Result {
    const { arena } = this.host.systemCall;
    arena.bytes.fill(0, this.attr, this.attr + ATTR_ROOM);
    for (const [at, value, width = 4] of fields) {
      if (width === 1) arena.view.setUint8(this.attr + at, Number(value));
      else if (width === 4) arena.view.setUint32(this.attr + at, Number(value), true);
      else arena.view.setBigUint64(this.attr + at, BigInt(value), true);
    }
    return this.again(number, size);
  }

  /** Runs a command on the attr as it is. */
  again(number: number, size: number): Result {
    const result = this.host.systemCall.bpf(number, this.host.systemCall.arena.address(this.attr), size);
    return result < 0 ? errnoName(-result) : result;
  }

  attach(fields: AttachFields, more: readonly Field[] = [], size: number = attr.progAttach.end): Result {
    return this.call(command.PROG_ATTACH, size, [...attachFields(fields), ...more]);
  }

  detach(fields: AttachFields, more: readonly Field[] = [], size: number = attr.progAttach.end): Result {
    return this.call(command.PROG_DETACH, size, [...attachFields(fields), ...more]);
  }

  linkCreate(fields: AttachFields, more: readonly Field[] = [], size: number = attr.linkCreate.end): Result {
    const layout = attr.linkCreate;
    return this.call(command.LINK_CREATE, size, [
      [layout.programFd, fields.program ?? 0],
      [layout.target, fields.target],
      [layout.attachType, fields.type ?? attachType.TCX_INGRESS],
      [layout.flags, fields.flags ?? 0],
      [layout.relative, fields.relative ?? 0],
      [layout.expectedRevision, fields.revision ?? 0, 8],
      ...more,
    ]);
  }

  linkUpdate(
    link: number,
    program: number,
    flags: number = 0,
    old: number = 0,
    more: readonly Field[] = [],
  ): Result {
    const layout = attr.linkUpdate;
    return this.call(command.LINK_UPDATE, layout.end + 4 * more.length, [
      [layout.linkFd, link],
      [layout.programFd, program],
      [layout.flags, flags],
      [layout.oldProgramFd, old],
      ...more,
    ]);
  }

  linkDetach(link: number, more: readonly Field[] = []): Result {
    return this.call(command.LINK_DETACH, 4 + 4 * more.length, [[0, link], ...more]);
  }

  /** Queries with arrays of 64 entries. */
  query(target: number, type: number = attachType.TCX_INGRESS): QueryAnswer {
    const layout = attr.progQuery;
    this.bytes(0, 512).fill(0);
    const result = this.call(command.PROG_QUERY, layout.end, [
      [layout.target, target],
      [layout.attachType, type],
      [layout.programIds, this.at(0), 8],
      [layout.linkIds, this.at(256), 8],
      [layout.count, 64],
    ]);
    const count = result === 0 ? this.field(layout.count) : 0;
    const ids = (offset: number) => Array.from({ length: count }, (_, i) => this.u32(offset + 4 * i));
    return { result, revision: this.field(layout.revision), count, programs: ids(0), links: ids(256) };
  }

  /** Ids on a hook in run order. */
  order(target: number, type: number = attachType.TCX_INGRESS): readonly number[] {
    return this.query(target, type).programs;
  }

  revision(target: number, type: number = attachType.TCX_INGRESS): number {
    return this.query(target, type).revision;
  }

  openById(number: number, id: number, more: readonly Field[] = []): Result {
    return this.call(number, 4 + 4 * more.length, [[0, id], ...more]);
  }

  programById(id: number): Result {
    return this.openById(command.PROG_GET_FD_BY_ID, id);
  }

  linkById(id: number): Result {
    return this.openById(command.LINK_GET_FD_BY_ID, id);
  }

  /** The id after one, or the name of the error. */
  nextId(number: number, start: number, more: readonly Field[] = []): Result {
    const result = this.call(number, 8 + 4 * more.length, [[0, start], ...more]);
    return result === 0 ? this.field(4) : result;
  }

  info(fd: number, length: number = 256): Result {
    const layout = attr.getInfo;
    this.bytes(0, 4096).fill(0);
    return this.call(command.OBJ_GET_INFO_BY_FD, layout.end, [
      [layout.fd, fd],
      [layout.length, length],
      [layout.info, this.at(), 8],
    ]);
  }

  /** Id of a program, link, map or BTF object. */
  idOf(fd: number): number {
    const result = this.info(fd, 16);
    if (result !== 0) throw new Error(`info of fd ${fd}: ${result}`);
    return this.u32(info.program.id);
  }

  linkInfo(fd: number): { type: number; id: number; program: number; ifindex: number; attachType: number } {
    const result = this.info(fd, 64);
    if (result !== 0) throw new Error(`info of link fd ${fd}: ${result}`);
    const { type, id, programId, ifindex, attachType } = info.link;
    return {
      type: this.u32(type),
      id: this.u32(id),
      program: this.u32(programId),
      ifindex: this.u32(ifindex),
      attachType: this.u32(attachType),
    };
  }

  /** Loads `r0 = 0; exit`, with whatever fields stand behind the usual ones. */
  load(more: readonly Field[] = [], size: number = 168, type: number = programType.SCHED_CLS): Result {
    const layout = attr.progLoad;
    const instructions = this.put(60_000, [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
    const license = this.text(60_100, 'GPL');
    return this.call(command.PROG_LOAD, size, [
      [layout.type, type],
      [layout.instructionCount, 2],
      [layout.instructions, instructions, 8],
      [layout.license, license, 8],
      ...more,
    ]);
  }

  close(fd: Result): void {
    if (typeof fd === 'string') throw new Error(`close: there is no fd, only ${fd}`);
    const result = this.host.world.close(fd);
    if (result < 0) throw new Error(`close fd ${fd}: ${errnoName(-result)}`);
  }
}

/** An fd that a call gave; the test fails here when it gave an error. */
export function fdOf(result: Result): number {
  if (typeof result === 'string') throw new Error(`expected an fd, got ${result}`);
  return result;
}

function attachFields(fields: AttachFields): readonly Field[] {
  const layout = attr.progAttach;
  return [
    [layout.target, fields.target],
    [layout.programFd, fields.program ?? 0],
    [layout.attachType, fields.type ?? attachType.TCX_INGRESS],
    [layout.flags, fields.flags ?? 0],
    [layout.replaceFd, fields.replace ?? 0],
    [layout.relative, fields.relative ?? 0],
    [layout.expectedRevision, fields.revision ?? 0, 8],
  ];
}
