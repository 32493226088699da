import { describe, expect, it } from 'vitest';
import { isEffective, withEffective } from './capabilities.js';

describe('capabilities', () => {
  it('are bits of two words, of which the upper one begins at 32', () => {
    const words = withEffective(new Uint32Array([0xffff_ffff, 1, 2, 0xffff_ffff, 3, 4]), [
      'CAP_NET_ADMIN',
      'CAP_BPF',
    ]);
    expect([...words]).toEqual([1 << 12, 1, 2, 1 << 7, 3, 4]);
    expect(isEffective(words, 'CAP_BPF')).toBe(true);
    expect(isEffective(words, 'CAP_NET_ADMIN')).toBe(true);
    expect(isEffective(words, 'CAP_SYS_ADMIN')).toBe(false);
    expect(isEffective(words, 'CAP_PERFMON')).toBe(false);
  });
});
