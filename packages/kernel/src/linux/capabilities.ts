import type { ForeignFunctions } from './ffi.js';
import { orThrow } from './linux-error.js';

const VERSION_3 = 0x20080522;
const HEADER_BYTES = 8;
const WORDS = 6;

/** Numbers of the capabilities that this package looks at. */
export const capabilityNumber = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

/** The name of a capability in {@link capabilityNumber}. */
export type CapabilityName = keyof typeof capabilityNumber;

/**
 * The calling thread's sets as capget(2) gives them: effective, permitted and inheritable of the lower 32 bits, then
 * the same of the upper ones.
 */
export function capabilityWords(foreign: ForeignFunctions): Uint32Array {
  const { scratch } = foreign;
  writeHeader(foreign);
  orThrow(
    foreign.call('capget', scratch.address(0), scratch.address(HEADER_BYTES)),
    'read the capabilities of this thread',
  );
  return Uint32Array.from({ length: WORDS }, (_, at) => scratch.view.getUint32(HEADER_BYTES + at * 4, true));
}

/** Sets the calling thread's capabilities to what {@link capabilityWords} gave. */
export function setCapabilityWords(foreign: ForeignFunctions, words: Uint32Array): void {
  const { scratch } = foreign;
  writeHeader(foreign);
  words.forEach((word, at) => {
    scratch.view.setUint32(HEADER_BYTES + at * 4, word, true);
  });
  orThrow(
    foreign.call('capset', scratch.address(0), scratch.address(HEADER_BYTES)),
    'set the capabilities of this thread',
  );
}

/** Whether a capability is in the effective set of such words. */
export function isEffective(words: Uint32Array, name: CapabilityName): boolean {
  const number = capabilityNumber[name];
  return ((words[number < 32 ? 0 : 3]! >>> (number % 32)) & 1) === 1;
}

/** The same words with just these capabilities in the effective set. */
export function withEffective(words: Uint32Array, names: readonly CapabilityName[]): Uint32Array {
  const changed = words.slice();
  changed[0] = 0;
  changed[3] = 0;
  for (const name of names) {
    const number = capabilityNumber[name];
    const at = number < 32 ? 0 : 3;
    changed[at] = (changed[at]! | (1 << (number % 32))) >>> 0;
  }
  return changed;
}

function writeHeader({ scratch }: ForeignFunctions): void {
  scratch.view.setUint32(0, VERSION_3, true);
  scratch.view.setUint32(4, 0, true);
}
