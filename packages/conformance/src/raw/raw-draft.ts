import type { RawPatch, RawValue } from './raw-step.js';

/** Bytes with numbers in between that are known only when the call is made. */
export class RawDraft {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #patches: Map<number, RawValue> = new Map();

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  set(at: number, value: number): void {
    this.forget(at, 4);
    this.#view.setUint32(at, value >>> 0, true);
  }

  set64(at: number, value: bigint): void {
    this.forget(at, 8);
    this.#view.setBigUint64(at, value, true);
  }

  put(at: number, value: RawValue): void {
    const width = widthOf(value);
    this.forget(at, width);
    this.bytes.fill(0, at, at + width);
    this.#patches.set(at, value);
  }

  flip(at: number, bit: number): void {
    this.forget(at, 1);
    this.bytes[at]! ^= 1 << bit;
  }

  /** The number that stands at a place, if one that is known later does. */
  valueAt(at: number): RawValue | undefined {
    return this.#patches.get(at);
  }

  /** 32 bits as the kernel reads them from an attr that ends at `size`. */
  read(at: number, size: number): number {
    let value = 0;
    for (let i = 3; i >= 0; i--) value = value * 256 + (at + i < size ? (this.bytes[at + i] ?? 0) : 0);
    return value;
  }

  read64(at: number, size: number): bigint {
    return (BigInt(this.read(at + 4, size)) << 32n) | BigInt(this.read(at, size));
  }

  /** Makes bytes zero, and whatever number stood there. */
  clear(at: number, end: number): void {
    if (end <= at) return;
    this.forget(at, end - at);
    this.bytes.fill(0, at, end);
  }

  /** Numbers before an offset, moved by `base`; one that it cuts is laid down in part, an address not at all. */
  patches(base: number, end: number): RawPatch[] {
    return [...this.#patches].flatMap(([at, value]): RawPatch[] => {
      const room = end - at;
      if (room >= widthOf(value)) return [{ at: base + at, value }];
      return room > 0 && value.kind !== 'address' ? [{ at: base + at, value, cut: room }] : [];
    });
  }

  /** Forgets the numbers of which a byte lies in a range. */
  forget(at: number, length: number): void {
    for (const [other, value] of this.#patches) {
      if (other < at + length && at < other + widthOf(value)) this.#patches.delete(other);
    }
  }
}

export function widthOf(value: RawValue): 4 | 8 {
  return value.kind === 'address' ? 8 : 4;
}
