import { type Chain, query } from '@mprog/core';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import type { Call } from '../call.js';

const layout = attr.progQuery;

/**
 * Answers PROG_QUERY from a chain (spec 6), for the layers that use the engine.
 *
 * @param chain the chain, or null for a hook without one
 */
export function queryChain(call: Call, chain: Chain | null): number {
  const { attr: input, memory, address } = call;
  const flags = input.u32(layout.queryFlags) | input.u32(layout.attachFlags);
  const capacity = input.u32(layout.count);
  const programIds = input.u64(layout.programIds);
  const programs: number[] = [];
  const links: number[] = [];
  const wanted = capacity !== 0 && programIds !== 0 ? { programs, links } : {};
  const result = query(chain ?? undefined, { flags, capacity, ...wanted });
  if (result === 'EINVAL') return -errno.EINVAL;

  // The revision goes out even where the caller's attr ends before it.
  const written =
    memory.writeU32(address + layout.attachFlags, 0) &&
    memory.writeU64(address + layout.revision, result.revision) &&
    memory.writeU32(address + layout.count, result.count);
  if (!written) return -errno.EFAULT;

  const programFlags = input.u64(layout.programFlags);
  const linkIds = input.u64(layout.linkIds);
  const linkFlags = input.u64(layout.linkFlags);
  for (let i = 0; i < result.written; i++) {
    const at = 4 * i;
    const ok =
      memory.writeU32(programIds + at, programs[i]!) &&
      (programFlags === 0 || memory.writeU32(programFlags + at, 0)) &&
      (linkIds === 0 || memory.writeU32(linkIds + at, links[i]!)) &&
      (linkFlags === 0 || memory.writeU32(linkFlags + at, 0));
    if (!ok) return -errno.EFAULT;
  }
  return result.truncated ? -errno.ENOSPC : 0;
}
