import type { SystemCall } from '@mprog/kernel';

/** What the kernel says of one tcx hook. */
export interface RawChain {
  readonly revision: number;
  readonly programs: readonly number[];
  readonly links: readonly number[];
}

const PROG_QUERY = 16;
const TCX_INGRESS = 46;
const SIZE = 64;
const ROOM = 64;

/** Asks for the ingress chain of a device with bytes of its own, by the numbers of the kernel's `union bpf_attr`. */
export function rawQuery(systemCall: SystemCall, ifindex: number): RawChain {
  const { arena } = systemCall;
  const { view } = arena;
  const at = arena.reserve(SIZE + 2 * ROOM * 4);
  const programs = at + SIZE;
  const links = programs + ROOM * 4;
  view.setUint32(at, ifindex, true);
  view.setUint32(at + 4, TCX_INGRESS, true);
  view.setUint32(at + 24, ROOM, true);
  arena.setPointer(at + 16, programs);
  arena.setPointer(at + 40, links);
  const result = systemCall.bpf(PROG_QUERY, arena.address(at), SIZE);
  if (result !== 0) throw new Error(`PROG_QUERY returned ${result}`);
  const count = view.getUint32(at + 24, true);
  const read = (from: number) =>
    Array.from({ length: count }, (_, index) => view.getUint32(from + index * 4, true));
  return { revision: Number(view.getBigUint64(at + 56, true)), programs: read(programs), links: read(links) };
}
