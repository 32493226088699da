import { readFileSync, writeFileSync } from 'node:fs';
import { errno } from '../abi/errno.js';
import type { CgroupPacketFate } from '../laboratory.js';
import type { ForeignFunctions } from './ffi.js';
import { linuxError, orThrow, withFileErrors } from './linux-error.js';
import { onOneProcessor } from './one-processor.js';

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;
const ADDRESS_BYTES = 16;
const LOCALHOST = [127, 0, 0, 1];
const BOUND_MILLISECONDS = 2000;
/** Ports of the socket in the cgroup, of the one outside, and of the one that markers go to; the namespace is private. */
const [INSIDE, OUTSIDE, MARKED] = [4001, 4002, 4003];

/**
 * Sends one UDP datagram over the loopback between a socket in a cgroup and one outside of it.
 *
 * A marker follows it on the same processor, where packets stay in order: when the marker is there and the datagram is
 * not, it was dropped.
 *
 * @param inCgroup runs an action with the process in the cgroup; a socket belongs to the cgroup that it was opened in
 */
export function sendCgroupPacket(
  foreign: ForeignFunctions,
  inCgroup: <Result>(action: () => Result) => Result,
  direction: 'ingress' | 'egress',
): CgroupPacketFate {
  const opened: number[] = [];
  const socket = (port: number) => {
    const fd = openSocket(foreign, port);
    opened.push(fd);
    return fd;
  };
  try {
    const inside = inCgroup(() => socket(INSIDE));
    const outside = socket(OUTSIDE);
    const marked = socket(MARKED);
    const egress = direction === 'egress';
    const [sender, receiver, port] = egress ? [inside, outside, OUTSIDE] : [outside, inside, INSIDE];
    return onOneProcessor(foreign, () => {
      const sent = sendTo(foreign, sender, port);
      if (sent === -errno.EPERM) return 'refused';
      orThrow(sent, `send a packet for ${direction} of a cgroup`);
      orThrow(sendTo(foreign, outside, MARKED), 'send the packet after it');
      awaitInput(foreign, marked);
      return receive(foreign, receiver) ? 'allowed' : 'dropped';
    });
  } finally {
    for (const fd of opened) foreign.call('close', fd);
  }
}

/**
 * Runs an action with this process in another cgroup and brings it back, also when the action throws.
 *
 * @param target the `cgroup.procs` of that cgroup
 * @param fileOf the `cgroup.procs` of a path inside the tree
 */
export function withProcessIn<Result>(
  target: string,
  fileOf: (path: string) => string,
  action: () => Result,
): Result {
  const move = (file: string) =>
    withFileErrors(`move this process to ${file}`, () => writeFileSync(file, String(process.pid)));
  const before = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  move(target);
  try {
    return action();
  } finally {
    move(fileOf(before));
  }
}

function openSocket(foreign: ForeignFunctions, port: number): number {
  const fd = orThrow(foreign.call('socket', AF_INET, SOCK_DGRAM_CLOEXEC, 0), 'open a socket');
  const result = foreign.call('bind', fd, writeAddress(foreign, port), ADDRESS_BYTES);
  if (result < 0) {
    foreign.call('close', fd);
    throw linuxError(`bind a socket to port ${port}`, -result);
  }
  return fd;
}

function sendTo(foreign: ForeignFunctions, fd: number, port: number): number {
  const address = writeAddress(foreign, port);
  return foreign.call('sendto', fd, foreign.scratch.address(64), 4, 0, address, ADDRESS_BYTES);
}

function receive(foreign: ForeignFunctions, fd: number): boolean {
  return foreign.call('recvfrom', fd, foreign.scratch.address(64), 64, MSG_DONTWAIT) >= 0;
}

function awaitInput(foreign: ForeignFunctions, fd: number): void {
  const { scratch } = foreign;
  scratch.view.setInt32(0, fd, true);
  scratch.view.setUint32(4, POLLIN, true);
  scratch.setUint64(8, BOUND_MILLISECONDS / 1000);
  scratch.setUint64(16, 0);
  const ready = foreign.call('ppoll', scratch.address(0), 1, scratch.address(8));
  if (ready !== 1) throw linuxError('wait for the packet after it', errno.ETIMEDOUT, 'it did not arrive');
}

function writeAddress({ scratch }: ForeignFunctions, port: number): number {
  scratch.bytes.fill(0, 0, ADDRESS_BYTES);
  scratch.view.setUint16(0, AF_INET, true);
  scratch.view.setUint16(2, port, false);
  scratch.bytes.set(LOCALHOST, 4);
  return scratch.address(0);
}
