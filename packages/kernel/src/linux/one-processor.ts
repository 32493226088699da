import type { ForeignFunctions } from './ffi.js';
import { orThrow } from './linux-error.js';

const MASK_BYTES = 1024;

/** Keeps the calling thread on the processor that it is on while an action runs. */
export function onOneProcessor<Result>(foreign: ForeignFunctions, action: () => Result): Result {
  const { scratch } = foreign;
  const operation = 'stay on one processor';
  const size = orThrow(foreign.call('sched_getaffinity', 0, MASK_BYTES, scratch.address(0)), operation);
  const before = scratch.bytes.slice(0, size);
  orThrow(foreign.call('getcpu', scratch.address(0)), operation);
  const processor = scratch.view.getUint32(0, true);
  const mask = new Uint8Array(size);
  mask[processor >> 3] = 1 << (processor & 7);
  const set = (bytes: Uint8Array) => {
    scratch.bytes.set(bytes);
    return foreign.call('sched_setaffinity', 0, bytes.length, scratch.address(0));
  };
  orThrow(set(mask), operation);
  try {
    return action();
  } finally {
    set(before);
  }
}
