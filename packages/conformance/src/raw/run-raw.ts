import { command, errnoName } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';
import { linkOf, type RawCall, type RawPatch, type RawStep, type RawValue, WINDOW } from './raw-step.js';
import type { RawWorld } from './raw-world.js';
import { requireSafe } from './require-safe.js';

/** What a call led to; the same on kernels that gave the same numbers. */
export interface RawOutcome {
  /** Name of an errno, `fd`, or a number. */
  readonly result: string;
  /** What was written into memory, `OFFSET:HEX` for each run of bytes, separated by spaces. */
  readonly written: string;
}

/** An address that no memory can have; below 2^53, as a number of JavaScript must be. */
const FAR = 2 ** 52 + 4096;

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
  for (const patch of call.patches) {
    const { at, value } = patch;
    if (value.kind === 'address') view.setBigUint64(at, BigInt(base + value.offset), true);
    else layNumber(bytes, patch, numberOf(value, world));
  }
  requireSafe(call, bytes, base);
  const before = bytes.slice();
  const address = call.attr === 'NULL' ? 0 : call.attr === 'far' ? FAR : base + call.attr;
  if (call.command === 'LINK_CREATE') world.expectLink(linkOf(call.index));
  const result = bpf(command[call.command], address, call.size);
  const after = bytes.slice();
  for (const { at, length } of call.masks) if (at < WINDOW) after.set(before.subarray(at, at + length), at);
  return { result: resultOf(call, result, world), written: difference(before, after) };
}

/** Of a number that the end of an attr cuts, the bytes in front of it where they tell as much as the whole, else zero. */
function layNumber(bytes: Uint8Array, { at, cut = 4 }: RawPatch, number: number): void {
  // Numbers are the same on every kernel, so each of them takes the same turn here.
  const told = number < 256 ** cut ? number : 0;
  for (let i = 0; i < cut; i++) bytes[at + i] = (told >>> (8 * i)) & 255;
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
