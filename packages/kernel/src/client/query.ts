import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import type { SystemCall } from '../system-call.js';
import type { CallMemory } from './call-memory.js';
import { type CgroupMode, cgroupModeOf } from './cgroup-mode.js';
import type { ChainReading } from './chain-reading.js';
import type { KernelError } from './kernel-error.js';

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

/** One entry of a cgroup's list, or one that acts in a cgroup. */
export interface CgroupAttachment {
  readonly programId: number;
  /** Null: whether a link owns it, and which, is not told (spec 10.7). */
  readonly linkId: null;
}

/** A cgroup's own list for an attach type at one moment. */
export interface CgroupQueryResult {
  /** Changes with every change of the list and never starts again while the cgroup lives (spec 10.1). */
  readonly revision: number;
  /** `none` also for a list that is empty. */
  readonly mode: CgroupMode;
  /** In list order; a program may be there directly and through any number of links. */
  readonly attachments: readonly CgroupAttachment[];
}

/** What PROG_QUERY is asked. */
export interface QueryRequest {
  readonly target: number;
  readonly attachType: number;
  readonly queryFlags: number;
}

/** Gives the error for a refusal. */
export type QueryFailure = (number: number, reason?: string) => KernelError;

const layout = attr.progQuery;

/**
 * Reads a whole chain, growing its arrays until they fit (spec 6).
 *
 * @throws KernelError as the kernel answers; `EOVERFLOW` for a revision above 2^53 - 1, which a number can't hold
 */
export function queryChain(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  failure: QueryFailure,
): QueryResult {
  const room = queryWhole(systemCall, memory, request, failure);
  const { view } = memory.arena;
  const programs = programsAt(memory, room);
  const links = linksAt(memory, room);
  // A list that is as long as it will be needs no room to grow.
  const attachments = new Array<QueriedAttachment>(countOf(memory));
  for (let i = 0; i < attachments.length; i++) {
    attachments[i] = {
      programId: view.getUint32(programs + i * 4, true),
      linkId: view.getUint32(links + i * 4, true),
    };
  }
  return { revision: readRevision(memory, failure), attachments };
}

/**
 * Reads a chain into room for it.
 *
 * @returns 0 or the negated error number: `EOVERFLOW` for a revision above 2^53 - 1
 */
export function readInto(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  reading: ChainReading,
): number {
  const result = queryOnce(systemCall, memory, request, memory.queryEntries);
  if (result !== 0) return result;
  const { view } = memory.arena;
  const revision = memory.arena.getUint64(memory.query + layout.revision);
  if (!Number.isSafeInteger(revision)) return -errno.EOVERFLOW;
  const count = countOf(memory);
  for (let i = 0; i < count; i++) {
    reading.programIds[i] = view.getUint32(memory.queryPrograms + i * 4, true);
    reading.linkIds[i] = view.getUint32(memory.queryLinks + i * 4, true);
  }
  reading.revision = revision;
  reading.count = count;
  return 0;
}

/** Reads the list of a cgroup, or with the flag EFFECTIVE what acts in it (spec 10.7); see `queryChain`. */
export function queryCgroup(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  failure: QueryFailure,
): CgroupQueryResult {
  const room = queryWhole(systemCall, memory, request, failure);
  const { view } = memory.arena;
  const programs = programsAt(memory, room);
  const attachments = new Array<CgroupAttachment>(countOf(memory));
  for (let i = 0; i < attachments.length; i++) {
    attachments[i] = { programId: view.getUint32(programs + i * 4, true), linkId: null };
  }
  const mode = cgroupModeOf(view.getUint32(memory.query + layout.attachFlags, true));
  return { revision: readRevision(memory, failure), mode, attachments };
}

/** @returns for how many entries the arrays had room, which tells where they lie */
function queryWhole(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  failure: QueryFailure,
): number {
  const result = queryOnce(systemCall, memory, request, memory.queryEntries);
  if (result === 0) return memory.queryEntries;
  if (result !== -errno.ENOSPC) throw failure(-result);
  try {
    return queryLong(systemCall, memory, request, failure);
  } finally {
    memory.pointQuery(memory.queryPrograms, memory.queryLinks);
  }
}

function queryLong(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  failure: QueryFailure,
): number {
  for (let room = memory.queryEntries; ; ) {
    room = grow(memory, room, countOf(memory), failure);
    const result = queryOnce(systemCall, memory, request, room);
    if (result === 0) return room;
    if (result !== -errno.ENOSPC) throw failure(-result);
  }
}

function programsAt(memory: CallMemory, room: number): number {
  return room === memory.queryEntries ? memory.queryPrograms : memory.scratch;
}

function linksAt(memory: CallMemory, room: number): number {
  return room === memory.queryEntries ? memory.queryLinks : memory.scratch + room * 4;
}

function countOf(memory: CallMemory): number {
  return memory.arena.view.getUint32(memory.query + layout.count, true);
}

function queryOnce(
  systemCall: SystemCall,
  memory: CallMemory,
  request: QueryRequest,
  capacity: number,
): number {
  const { view, base } = memory.arena;
  const at = memory.query;
  view.setInt32(at + layout.target, request.target, true);
  view.setUint32(at + layout.attachType, request.attachType, true);
  view.setUint32(at + layout.queryFlags, request.queryFlags, true);
  view.setUint32(at + layout.attachFlags, 0, true);
  view.setUint32(at + layout.count, capacity, true);
  return systemCall.bpf(command.PROG_QUERY, base + at, layout.end);
}

/** Moves the arrays to the scratch region, at least twice as long as before: a chain may grow between two reads. */
function grow(memory: CallMemory, capacity: number, count: number, failure: QueryFailure): number {
  const room = Math.floor(memory.scratchSize / 8);
  if (capacity === room) throw failure(errno.ENOSPC, `the chain is longer than ${room} entries`);
  const entries = Math.min(room, Math.max(count, capacity * 2));
  memory.pointQuery(memory.scratch, memory.scratch + entries * 4);
  return entries;
}

function readRevision(memory: CallMemory, failure: QueryFailure): number {
  const revision = memory.arena.getUint64(memory.query + layout.revision);
  if (!Number.isSafeInteger(revision)) throw failure(errno.EOVERFLOW, 'the revision is above 2^53 - 1');
  return revision;
}
