import { errno } from '../abi/errno.js';
import type { PacketFate } from '../laboratory.js';
import type { ForeignFunctions } from './ffi.js';
import { linuxError, orThrow } from './linux-error.js';
import { onOneProcessor } from './one-processor.js';
import { ETH_P_IP, packet, packetNumber } from './packet.js';

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const ETH_P_ALL = 3;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;
const ADDRESS_BYTES = 20;
const FRAME_BYTES = 2048;
/** How long a packet may take to come out of the device; it is there at once unless the machine is very busy. */
const BOUND_MILLISECONDS = 2000;

/** Where the two ends of a device are, as actions that run in their namespaces. */
export interface ProbeEnds {
  readonly ifindex: number;
  readonly peer: number;
  /** Runs an action in the namespace of the other end. */
  inPeerNamespace<Result>(action: () => Result): Result;
}

const networkOrder = (value: number) => ((value & 0xff) << 8) | (value >> 8);

/**
 * Packet sockets around one end of a veth pair, which tell without guessing what its hooks did to a packet.
 *
 * Inbound, a socket for all protocols gets a packet before the hook and one for IPv4 gets it after. Both happen in one go
 * on the processor that sent it, and the sender stays on that one until it has looked: a packet that the first has
 * and the second has not was stopped in between. Outbound, the hook runs inside the send itself.
 *
 * The sockets keep their namespaces alive: `close()` before a namespace or the device is to go.
 */
export class PacketProbe {
  readonly #foreign: ForeignFunctions;
  readonly #ends: ProbeEnds;
  /** Sees inbound packets before the hook, outbound ones after it. */
  readonly #outside: number;
  /** Sees inbound packets after the hook, and sends outbound ones. */
  readonly #inside: number;
  /** Sends inbound packets, from the other end. */
  readonly #peer: number;
  #number = 0;

  /** Opens the sockets in the namespace that the caller is in, which must be that of the device. */
  constructor(foreign: ForeignFunctions, ends: ProbeEnds) {
    this.#foreign = foreign;
    this.#ends = ends;
    const opened: number[] = [];
    const socket = (ifindex: number, protocol: number) => {
      const fd = openSocket(foreign, ifindex, protocol);
      opened.push(fd);
      return fd;
    };
    try {
      this.#outside = socket(ends.ifindex, ETH_P_ALL);
      this.#inside = socket(ends.ifindex, ETH_P_IP);
      this.#peer = ends.inPeerNamespace(() => socket(ends.peer, 0));
    } catch (error) {
      for (const fd of opened) foreign.call('close', fd);
      throw error;
    }
  }

  /** Sends one packet to a UDP port through the device. */
  send(direction: 'ingress' | 'egress', port: number): PacketFate {
    this.#number = (this.#number + 1) >>> 0;
    const frame = packet(this.#number, port);
    this.#drain();
    if (direction === 'egress') return this.#outbound(frame);
    return onOneProcessor(this.#foreign, () => this.#inbound(frame));
  }

  close(): void {
    for (const fd of [this.#outside, this.#inside, this.#peer]) this.#foreign.call('close', fd);
  }

  #inbound(frame: Uint8Array): PacketFate {
    const operation = `send a packet into device ${this.#ends.ifindex}`;
    orThrow(this.#sendTo(this.#peer, this.#ends.peer, frame), operation);
    const deadline = performance.now() + BOUND_MILLISECONDS;
    while (!this.#received(this.#outside)) {
      const left = deadline - performance.now();
      if (left <= 0) {
        throw linuxError(
          operation,
          errno.ETIMEDOUT,
          'it did not arrive; is another program before the hook, like XDP?',
        );
      }
      this.#waitForInput(this.#outside, left);
    }
    return this.#received(this.#inside) ? 'accepted' : 'dropped';
  }

  #outbound(frame: Uint8Array): PacketFate {
    const result = this.#sendTo(this.#inside, this.#ends.ifindex, frame);
    // A packet that the hook drops shows as a full queue.
    if (result === -errno.ENOBUFS) return 'dropped';
    orThrow(result, `send a packet out of device ${this.#ends.ifindex}`);
    return this.#received(this.#outside) ? 'accepted' : 'dropped';
  }

  #sendTo(fd: number, ifindex: number, frame: Uint8Array): number {
    const { scratch } = this.#foreign;
    writeAddress(this.#foreign, ifindex, ETH_P_IP);
    scratch.bytes.set(frame, ADDRESS_BYTES);
    const [address, bytes] = [scratch.address(0), scratch.address(ADDRESS_BYTES)];
    return this.#foreign.call('sendto', fd, bytes, frame.length, 0, address, ADDRESS_BYTES);
  }

  /** Reads what a socket has until it comes to the packet that was sent last. */
  #received(fd: number): boolean {
    const { scratch } = this.#foreign;
    for (;;) {
      const length = this.#foreign.call('recvfrom', fd, scratch.address(0), FRAME_BYTES, MSG_DONTWAIT);
      if (length < 0) return false;
      if (packetNumber(scratch.bytes.subarray(0, length)) === this.#number) return true;
    }
  }

  #drain(): void {
    const { scratch } = this.#foreign;
    for (const fd of [this.#outside, this.#inside]) {
      while (this.#foreign.call('recvfrom', fd, scratch.address(0), FRAME_BYTES, MSG_DONTWAIT) >= 0);
    }
  }

  #waitForInput(fd: number, milliseconds: number): void {
    const { scratch } = this.#foreign;
    scratch.view.setInt32(0, fd, true);
    scratch.view.setUint32(4, POLLIN, true);
    scratch.setUint64(8, Math.floor(milliseconds / 1000));
    scratch.setUint64(16, Math.floor((milliseconds % 1000) * 1_000_000));
    this.#foreign.call('ppoll', scratch.address(0), 1, scratch.address(8));
  }
}

function openSocket(foreign: ForeignFunctions, ifindex: number, protocol: number): number {
  const operation = `watch device ${ifindex}`;
  // Protocol 0 receives nothing; binding to the device and the protocol is one step, so no other packet gets in.
  const fd = orThrow(foreign.call('socket', AF_PACKET, SOCK_RAW_CLOEXEC, 0), operation);
  writeAddress(foreign, ifindex, protocol);
  const result = foreign.call('bind', fd, foreign.scratch.address(0), ADDRESS_BYTES);
  if (result < 0) {
    foreign.call('close', fd);
    throw linuxError(operation, -result);
  }
  return fd;
}

function writeAddress({ scratch }: ForeignFunctions, ifindex: number, protocol: number): void {
  scratch.bytes.fill(0, 0, ADDRESS_BYTES);
  scratch.view.setUint16(0, AF_PACKET, true);
  scratch.view.setUint16(2, networkOrder(protocol), true);
  scratch.view.setInt32(4, ifindex, true);
}
