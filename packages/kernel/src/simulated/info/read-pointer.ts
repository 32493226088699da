/** Reads 64 bits of a structure as an address. */
export function readPointer(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}
