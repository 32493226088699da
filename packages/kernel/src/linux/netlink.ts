import { errno } from '../abi/errno.js';
import type { Arena } from '../arena.js';
import type { ForeignFunctions } from './ffi.js';
import { linuxError, orThrow } from './linux-error.js';
import {
  decodeMessages,
  encodeMessage,
  type NetlinkAttribute,
  type NetlinkMessage,
  readWord,
  visitMessages,
} from './netlink-message.js';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;
const NLM_F_DUMP_INTR = 0x10;
const MSG_TRUNC = 0x20;
const RECEIVE_BYTES = 128 * 1024;
/** How often a dump is begun again because something changed meanwhile. */
const DUMP_ATTEMPTS = 16;

/** Reads one object between two offsets of memory that is overwritten afterwards. */
export type Decoder<Result> = (memory: Arena, start: number, end: number) => Result;

/**
 * A socket to rtnetlink in the network namespace that the calling thread was in when it was opened.
 *
 * Every request is synchronous and waits for its answer. `close()` it.
 */
export class RouteSocket implements Disposable {
  readonly #foreign: ForeignFunctions;
  readonly #fd: number;
  #sequence = 0;

  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
    this.#fd = orThrow(
      foreign.call('socket', AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE),
      'open a socket to rtnetlink',
    );
  }

  /**
   * Asks for one change or one object.
   *
   * @param operation verb and object, for the error
   * @returns the messages before the acknowledgement
   * @throws MprogError with the errno name as code
   */
  request(
    operation: string,
    type: number,
    flags: number,
    header: Uint8Array,
    attributes: readonly NetlinkAttribute[],
  ): readonly NetlinkMessage[] {
    this.#send(operation, type, flags | NLM_F_ACK, header, attributes);
    const found: NetlinkMessage[] = [];
    for (;;) {
      for (const message of this.#receive(operation)) {
        if (message.type !== NLMSG_ERROR) found.push(message);
        else {
          throwUnlessZero(operation, readWord(message.payload) | 0);
          return found;
        }
      }
    }
  }

  /**
   * Asks for all objects of a kind; begins again when the list changed while it was read.
   *
   * @param decode reads one object where it lies, between two offsets of the scratch memory; it asks for nothing itself
   */
  dump<Result>(
    operation: string,
    type: number,
    header: Uint8Array,
    decode: Decoder<Result>,
  ): readonly Result[] {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const found = this.#dumpOnce(operation, type, header, decode);
      if (found !== undefined) return found;
    }
    throw linuxError(operation, errno.EAGAIN, 'the list changes all the time; try again');
  }

  close(): void {
    this.#foreign.call('close', this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #dumpOnce<Result>(
    operation: string,
    type: number,
    header: Uint8Array,
    decode: Decoder<Result>,
  ): readonly Result[] | undefined {
    const { scratch } = this.#foreign;
    this.#send(operation, type, NLM_F_DUMP, header, []);
    const found: Result[] = [];
    let changed = false;
    let done = false;
    while (!done) {
      const length = this.#receiveBytes(operation);
      visitMessages(scratch.view, length, (type, flags, sequence, start, end) => {
        if (sequence !== this.#sequence || done) return;
        if ((flags & NLM_F_DUMP_INTR) !== 0) changed = true;
        if (type === NLMSG_DONE) done = true;
        if (type === NLMSG_DONE || type === NLMSG_ERROR) {
          throwUnlessZero(operation, scratch.view.getInt32(start, true));
        } else {
          found.push(decode(scratch, start, end));
        }
      });
    }
    return changed ? undefined : found;
  }

  #send(
    operation: string,
    type: number,
    flags: number,
    header: Uint8Array,
    attributes: readonly NetlinkAttribute[],
  ): void {
    const { scratch } = this.#foreign;
    this.#sequence++;
    const bytes = encodeMessage(type, flags | NLM_F_REQUEST, this.#sequence, header, attributes);
    scratch.bytes.set(bytes);
    orThrow(this.#foreign.call('sendto', this.#fd, scratch.address(0), bytes.length), operation);
  }

  #receive(operation: string): readonly NetlinkMessage[] {
    const bytes = this.#foreign.scratch.bytes.subarray(0, this.#receiveBytes(operation));
    return decodeMessages(bytes).filter(({ sequence }) => sequence === this.#sequence);
  }

  /** Waits for what comes next and returns how many bytes of the scratch memory it takes. */
  #receiveBytes(operation: string): number {
    const { scratch } = this.#foreign;
    for (;;) {
      const length = this.#foreign.call('recvfrom', this.#fd, scratch.address(0), RECEIVE_BYTES, MSG_TRUNC);
      if (length === -errno.EINTR) continue;
      orThrow(length, operation);
      if (length > RECEIVE_BYTES) throw linuxError(operation, errno.EMSGSIZE, 'the answer is too long');
      return length;
    }
  }
}

function throwUnlessZero(operation: string, result: number): void {
  if (result < 0) throw linuxError(operation, -result);
}
