import { command, errnoName } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';
import { linkOf, type RawCall, type RawSlot, type RawStep, type RawValue, WINDOW } from './raw-step.js';
import type { RawWorld } from './raw-world.js';
import { requireSafe } from './require-safe.js';

/** What a call led to, without any number that differs between kernels. */
export interface RawOutcome {
  /** Name of an errno, `fd`, or a number. */
  readonly result: string;
  /** What was written into memory, `OFFSET:HEX` for each run of bytes, separated by spaces. */
  readonly written: string;
}

/** Stands for ids that this run did not make. */
const FOREIGN = 0xfffe_fffe;
/** Stands for each byte of an id that is cut. */
const CUT = 0xc7;
/** An address that no memory can have; below 2^53, as a number of JavaScript must be. */
const FAR = 2 ** 52 + 4096;
const LINK_TCX = 11;
const LINK_CGROUP = 3;

/** Does the steps of a raw sequence, one outcome for each. */
export function runRaw(steps: readonly RawStep[], memory: RawMemory, world: RawWorld): RawOutcome[] {
  return steps.map((step) => {
    if (step.step === 'call') return runCall(step, memory, world);
    world.closeLink(step.link);
    return { result: 'closed', written: '' };
  });
}

function runCall(call: RawCall, { bytes, base, bpf }: RawMemory, world: RawWorld): RawOutcome {
  const view = new DataView(bytes.buffer, bytes.byteOffset, WINDOW);
  bytes.set(call.memory);
  for (const { at, value } of call.patches) {
    if (value.kind === 'address') view.setBigUint64(at, BigInt(base + value.offset), true);
    else view.setUint32(at, numberOf(value, world), true);
  }
  requireSafe(call, bytes, base);
  const before = bytes.slice();
  const address = call.attr === 'NULL' ? 0 : call.attr === 'far' ? FAR : base + call.attr;
  const result = bpf(command[call.command], address, call.size);
  const after = bytes.slice();
  for (const slot of call.slots) nameIds(slot, before, after, world);
  for (const { at, length } of call.masks) if (at < WINDOW) after.set(before.subarray(at, at + length), at);
  return { result: resultOf(call, result, world), written: difference(before, after) };
}

function numberOf(value: Exclude<RawValue, { kind: 'address' }>, world: RawWorld): number {
  switch (value.kind) {
    case 'fd':
      return world.fd(value.name);
    case 'id':
      return world.id(value.name);
    case 'before id':
      return world.beforeId(value.name);
    case 'ifindex':
      return world.ifindex(value.name);
  }
}

function resultOf(call: RawCall, result: number, world: RawWorld): string {
  if (result < 0) return errnoName(-result);
  if (call.command === 'LINK_CREATE') {
    world.addLink(linkOf(call.index), result);
    return 'fd';
  }
  if (!call.command.endsWith('GET_FD_BY_ID')) return String(result);
  // Whatever it is an fd of, it is never used.
  world.closeFd(result);
  return 'fd';
}

/** Puts a number in place of each id that was written: the same for the same object of the run on every kernel. */
function nameIds(slot: RawSlot, before: Uint8Array, after: Uint8Array, world: RawWorld): void {
  const view = new DataView(after.buffer);
  if (slot.kind === 'target of a link') {
    nameTarget(slot.at, before, after, world);
    return;
  }
  for (let i = 0; i < slot.count; i++) {
    const at = slot.at + 4 * i;
    const length = Math.min(4, WINDOW - at);
    if (length <= 0 || isSame(before, after, at, length)) continue;
    // Of an id that the end of memory cuts, the first bytes do not tell whose it is.
    if (length < 4) after.fill(CUT, at, WINDOW);
    else {
      const name = world.nameOf(slot.kind, view.getUint32(at, true));
      view.setUint32(at, name === undefined ? FOREIGN : numberFor(name), true);
    }
  }
}

/** The interface or cgroup of a link, as the type of the link in front of it says. */
function nameTarget(at: number, before: Uint8Array, after: Uint8Array, world: RawWorld): void {
  if (at + 12 > WINDOW || isSame(before, after, at - 16, 4)) return;
  const view = new DataView(after.buffer);
  const type = view.getUint32(at - 16, true);
  if (type === LINK_TCX) {
    const ifindex = view.getUint32(at, true);
    const name = world.nameOf('ifindex', ifindex);
    if (ifindex !== 0) view.setUint32(at, name === undefined ? FOREIGN : numberFor(name), true);
  }
  if (type === LINK_CGROUP) {
    const id = view.getBigUint64(at, true);
    const name = world.nameOf('cgroup', id);
    if (id !== 0n) view.setBigUint64(at, BigInt(name === undefined ? FOREIGN : numberFor(name)), true);
  }
}

/** A number of 32 bits for a name. */
function numberFor(name: string): number {
  let hash = 0x811c_9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x0100_0193);
  return hash >>> 0;
}

function isSame(before: Uint8Array, after: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (before[i] !== after[i]) return false;
  return true;
}

function difference(before: Uint8Array, after: Uint8Array): string {
  const runs: string[] = [];
  if (Buffer.compare(before, after) === 0) return '';
  for (let at = 0; at < WINDOW; at++) {
    if (before[at] === after[at]) continue;
    let end = at + 1;
    while (end < WINDOW && before[end] !== after[end]) end++;
    runs.push(`${at}:${Buffer.from(after.subarray(at, end)).toString('hex')}`);
    at = end;
  }
  return runs.join(' ');
}
