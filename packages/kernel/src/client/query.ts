import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import type { SystemCall } from '../system-call.js';
import type { CallMemory } from './call-memory.js';
import { KernelError } from './kernel-error.js';

/** One entry of a chain as a query reports it. */
export interface QueriedAttachment {
  readonly programId: number;
  /** Id of the link that owns it, 0 for one that was attached directly. */
  readonly linkId: number;
}

/** A chain at one moment. */
export interface QueryResult {
  /** Changes with every change of the chain; a tcx chain starts at 1 again when its last program goes (spec 3.3, 8.2). */
  readonly revision: number;
  readonly attachments: readonly QueriedAttachment[];
}

const layout = attr.progQuery;

/**
 * Reads a whole chain, growing its arrays until they fit (spec 6).
 *
 * @throws KernelError as the kernel answers; `EOVERFLOW` for a revision above 2^53 - 1, which a number can't hold
 */
export function queryChain(
  systemCall: SystemCall,
  memory: CallMemory,
  target: number,
  attachType: number,
  operation: () => string,
): QueryResult {
  let capacity = memory.queryEntries;
  try {
    for (;;) {
      const result = queryOnce(systemCall, memory, target, attachType, capacity);
      const count = memory.arena.view.getUint32(memory.query + layout.count, true);
      if (result === 0) return read(memory, count, capacity, operation);
      if (result !== -errno.ENOSPC) throw new KernelError(operation(), -result);
      capacity = grow(memory, capacity, count, operation);
    }
  } finally {
    if (capacity !== memory.queryEntries) {
      memory.pointQuery(memory.queryPrograms, memory.queryLinks);
    }
  }
}

function queryOnce(
  systemCall: SystemCall,
  memory: CallMemory,
  target: number,
  attachType: number,
  capacity: number,
): number {
  const { view, base } = memory.arena;
  const at = memory.query;
  view.setInt32(at + layout.target, target, true);
  view.setUint32(at + layout.attachType, attachType, true);
  view.setUint32(at + layout.queryFlags, 0, true);
  view.setUint32(at + layout.attachFlags, 0, true);
  view.setUint32(at + layout.count, capacity, true);
  return systemCall.bpf(command.PROG_QUERY, base + at, layout.end);
}

/** Moves the arrays to the scratch region, at least twice as long as before: a chain may grow between two reads. */
function grow(memory: CallMemory, capacity: number, count: number, operation: () => string): number {
  const room = Math.floor(memory.scratchSize / 8);
  if (capacity === room) {
    throw new KernelError(operation(), errno.ENOSPC, { reason: `the chain is longer than ${room} entries` });
  }
  const entries = Math.min(room, Math.max(count, capacity * 2));
  memory.pointQuery(memory.scratch, memory.scratch + entries * 4);
  return entries;
}

function read(memory: CallMemory, count: number, capacity: number, operation: () => string): QueryResult {
  const { view } = memory.arena;
  const large = capacity !== memory.queryEntries;
  const programs = large ? memory.scratch : memory.queryPrograms;
  const links = large ? memory.scratch + capacity * 4 : memory.queryLinks;
  const attachments: QueriedAttachment[] = [];
  for (let i = 0; i < count; i++) {
    attachments.push({
      programId: view.getUint32(programs + i * 4, true),
      linkId: view.getUint32(links + i * 4, true),
    });
  }
  const revision = memory.arena.getUint64(memory.query + layout.revision);
  if (!Number.isSafeInteger(revision)) {
    throw new KernelError(operation(), errno.EOVERFLOW, { reason: 'the revision is above 2^53 - 1' });
  }
  return { revision, attachments };
}
