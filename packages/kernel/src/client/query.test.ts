import { describe, expect, it } from 'vitest';
import { attr } from '../abi/attr.js';
import { errno } from '../abi/errno.js';
import { Arena } from '../arena.js';
import type { SystemCall } from '../system-call.js';
import { CallMemory } from './call-memory.js';
import { KernelError } from './kernel-error.js';
import { queryChain } from './query.js';

/** A kernel whose chain is as long as `lengths` says, call by call. */
function chainOf(lengths: number[], revision: number = 7): { systemCall: SystemCall; capacities: number[] } {
  const arena = new Arena(new ArrayBuffer(1 << 20), 0x1000);
  const capacities: number[] = [];
  const bpf = (_command: number, address: number) => {
    const at = address - arena.base;
    const layout = attr.progQuery;
    const capacity = arena.view.getUint32(at + layout.count, true);
    const length = lengths[Math.min(capacities.length, lengths.length - 1)] ?? 0;
    capacities.push(capacity);
    arena.view.setUint32(at + layout.count, length, true);
    arena.setUint64(at + layout.revision, revision);
    const programs = arena.getUint64(at + layout.programIds) - arena.base;
    const links = arena.getUint64(at + layout.linkIds) - arena.base;
    for (let i = 0; i < Math.min(capacity, length); i++) {
      arena.view.setUint32(programs + i * 4, 1000 + i, true);
      arena.view.setUint32(links + i * 4, i, true);
    }
    return capacity < length ? -errno.ENOSPC : 0;
  };
  return { systemCall: { arena, bpf, bpfLater: async () => 0 }, capacities };
}

const query = (systemCall: SystemCall) =>
  queryChain(
    systemCall,
    CallMemory.of(systemCall.arena),
    { target: 1, attachType: 46, queryFlags: 0 },
    (number, reason) => new KernelError('query a chain', number, reason === undefined ? {} : { reason }),
  );

describe('a query', () => {
  it('grows its arrays until a chain fits', () => {
    const { systemCall, capacities } = chainOf([500]);
    const { attachments } = query(systemCall);
    expect(capacities).toEqual([64, 500]);
    expect(attachments).toHaveLength(500);
    expect(attachments[499]).toEqual({ programId: 1499, linkId: 499 });
  });

  it('goes back to its small arrays afterwards', () => {
    const { systemCall, capacities } = chainOf([500, 500, 3]);
    query(systemCall);
    expect(query(systemCall).attachments).toEqual([
      { programId: 1000, linkId: 0 },
      { programId: 1001, linkId: 1 },
      { programId: 1002, linkId: 2 },
    ]);
    expect(capacities).toEqual([64, 500, 64]);
  });

  it('grows again when the chain grew between two reads', () => {
    const { systemCall, capacities } = chainOf([100, 300, 600]);
    expect(query(systemCall).attachments).toHaveLength(600);
    expect(capacities).toEqual([64, 128, 300, 600]);
  });

  it('refuses a chain that is longer than the arena', () => {
    expect(() => query(chainOf([1_000_000]).systemCall)).toThrow(/longer than \d+ entries \(ENOSPC\)/);
  });

  it('refuses a revision that a number cannot hold', () => {
    expect(() => query(chainOf([0], 2 ** 53).systemCall)).toThrow(/above 2\^53 - 1 \(EOVERFLOW\)/);
    expect(query(chainOf([0], 2 ** 53 - 1).systemCall).revision).toBe(2 ** 53 - 1);
  });
});
