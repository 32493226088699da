import { attr } from '../abi/attr.js';
import { errno } from '../abi/errno.js';
import type { Call } from './call.js';

const layout = attr.testRun;
const PAGE = 4096;
/** Bytes of the context of a packet program. */
export const CONTEXT_SIZE = 192;
const LOOPBACK = 1;
const IFINDEX = 40;
const WIRE_LENGTH = 160;
const SEGMENTS = 164;
const MAX_WIRE_LENGTH = 65_536;
const MAX_SEGMENTS = 65_535;

/** Ranges of the context that a caller may set: mark, priority, ingress_ifindex, ifindex, cb, tstamp, … (spec 15.3 #9). */
const inputs: readonly (readonly [from: number, to: number])[] = [
  [8, 12],
  [32, 44],
  [48, 68],
  [152, 168],
  [176, 180],
  [184, 192],
];

/**
 * The context of a test run (spec 15.3 #7 to #9), as it goes back when it is asked for.
 *
 * @param length bytes of the packet
 */
export function readContext(call: Call, length: number): Uint8Array | number {
  const { attr: input, memory, caller } = call;
  const size = input.u32(layout.contextInputSize);
  const context = new Uint8Array(CONTEXT_SIZE);
  const view = new DataView(context.buffer);
  if (size > 0) {
    if (size > PAGE) return -errno.E2BIG;
    const given = memory.read(input.u64(layout.contextInput), size);
    if (given === null) return -errno.EFAULT;
    if (given.subarray(CONTEXT_SIZE).some((byte) => byte !== 0)) return -errno.E2BIG;
    context.set(given.subarray(0, CONTEXT_SIZE));
    const ifindex = view.getUint32(IFINDEX, true);
    if (ifindex !== 0 && !caller.namespace.devices.has(ifindex)) return -errno.ENODEV;
    if (context.some((byte, at) => byte !== 0 && !inputs.some(([from, to]) => at >= from && at < to))) {
      return -errno.EINVAL;
    }
    const wireLength = view.getUint32(WIRE_LENGTH, true);
    if (wireLength !== 0 && (wireLength < length || wireLength > MAX_WIRE_LENGTH)) return -errno.EINVAL;
    if (view.getUint32(SEGMENTS, true) > MAX_SEGMENTS) return -errno.EINVAL;
  }
  if (view.getUint32(IFINDEX, true) === 0) view.setUint32(IFINDEX, LOOPBACK, true);
  if (view.getUint32(WIRE_LENGTH, true) === 0) view.setUint32(WIRE_LENGTH, length, true);
  return context;
}
