import { type Chain, query } from '@mprog/core';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import type { Call } from '../call.js';
import { queryRoom, writeCounts, writeEntry } from './query-answer.js';

const layout = attr.progQuery;

/**
 * Answers PROG_QUERY from a chain (spec 6), for the layers that use the engine.
 *
 * @param chain the chain, or null for a hook without one
 */
export function queryChain(call: Call, chain: Chain | null): number {
  const { attr: input } = call;
  const flags = input.u32(layout.queryFlags) | input.u32(layout.attachFlags);
  const programs: number[] = [];
  const links: number[] = [];
  const capacity = queryRoom(call);
  const wanted = capacity === 0 ? {} : { programs, links };
  const result = query(chain ?? undefined, { flags, capacity, ...wanted });
  if (result === 'EINVAL') return -errno.EINVAL;
  // The revision goes out even where the caller's attr ends before it.
  if (!writeCounts(call, { attachFlags: 0, revision: result.revision, count: result.count })) {
    return -errno.EFAULT;
  }
  for (let i = 0; i < result.written; i++) {
    const ok =
      writeEntry(call, layout.programIds, i, programs[i]!) &&
      writeEntry(call, layout.programFlags, i, 0) &&
      writeEntry(call, layout.linkIds, i, links[i]!) &&
      writeEntry(call, layout.linkFlags, i, 0);
    if (!ok) return -errno.EFAULT;
  }
  return result.truncated ? -errno.ENOSPC : 0;
}
