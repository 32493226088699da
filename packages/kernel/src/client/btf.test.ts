import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionName } from './btf.js';

/** Type information of `int` (1), a prototype (2) and a function (3). */
function sample(): Uint8Array {
  const strings = new TextEncoder().encode('\0int\0a_rather_long_function_name\0');
  const types = new DataView(new ArrayBuffer(16 + 20 + 12));
  const words = [
    [1, 1 << 24, 4, 32],
    [0, (13 << 24) | 1, 1, 0, 1],
    [5, 12 << 24, 2],
  ].flat();
  for (const [i, word] of words.entries()) types.setUint32(i * 4, word, true);
  const header = new DataView(new ArrayBuffer(24));
  header.setUint16(0, 0xeb9f, true);
  header.setUint8(2, 1);
  header.setUint32(4, 24, true);
  header.setUint32(12, types.byteLength, true);
  header.setUint32(16, types.byteLength, true);
  header.setUint32(20, strings.length, true);
  const parts = [new Uint8Array(header.buffer), new Uint8Array(types.buffer), strings];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('type information', () => {
  it('names a function behind types of other kinds', () => {
    expect(functionName(sample(), 3)).toBe('a_rather_long_function_name');
  });

  it('names nothing that is no function', () => {
    expect(functionName(sample(), 1)).toBeNull();
    expect(functionName(sample(), 4)).toBeNull();
    expect(functionName(sample(), 0)).toBeNull();
  });

  it('survives bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(10), (bytes, id) => {
        functionName(bytes, id);
        const damaged = sample();
        damaged.set(bytes.subarray(0, damaged.length - 4), 4);
        functionName(damaged, id);
      }),
      { seed: 20_261 },
    );
  });
});
