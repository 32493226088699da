import type { Chain } from './chain.js';
import { checkObject, invalidArgument, textOf } from './errors.js';

/** One query (spec 6). */
export interface QueryRequest {
  /** Query or attach flags that the caller set; any but 0 is refused. */
  readonly flags?: number;
  /** How many entries the caller's arrays hold; 0 or absent asks for revision and count alone. */
  readonly capacity?: number;
  /** Receives program handles in run order; without it no entry is written anywhere. */
  readonly programs?: Int32Array | number[];
  /** Receives for each program the handle of the link that owns its slot, 0 for none. */
  readonly links?: Int32Array | number[];
}

/** What a query tells; valid whether or not all entries fitted. */
export interface QueryResult {
  readonly revision: number;
  /** How many programs are attached, however many were asked for. */
  readonly count: number;
  /** How many entries were written; those behind are untouched. */
  readonly written: number;
  /** Whether entries were asked for and fewer fitted than there are; the kernel then answers `ENOSPC`. */
  readonly truncated: boolean;
}

/**
 * Reads a chain (spec 6). A hook without a chain, given as `undefined`, has revision 1 and no program.
 *
 * @returns what is there, or `EINVAL` when flags are set
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` for a capacity that is no integer from 0 on or larger than a typed array
 *   given to be filled.
 *
 * @example
 * const programs: number[] = [];
 * const result = query(chain, { capacity: 16, programs });
 */
export function query(chain: Chain | undefined, request: QueryRequest = {}): QueryResult | 'EINVAL' {
  checkObject('query chain', 'request', request);
  const { flags = 0, capacity = 0, programs, links } = request;
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw invalidArgument('query chain', `capacity must be an integer from 0 on, got ${textOf(capacity)}`);
  }
  if (flags !== 0) return 'EINVAL';
  const revision = chain === undefined ? 1 : chain.revision;
  const count = chain === undefined ? 0 : chain.count;
  if (chain === undefined || capacity === 0 || programs === undefined || count === 0) {
    return { revision, count, written: 0, truncated: false };
  }
  const written = Math.min(capacity, count);
  checkRoom('programs', programs, written);
  if (links === undefined) {
    chain.copyPrograms(programs, written);
  } else {
    checkRoom('links', links, written);
    chain.copyEntries(programs, links, written);
  }
  return { revision, count, written, truncated: written < count };
}

function checkRoom(name: string, array: Int32Array | number[], needed: number): void {
  if (array.length < needed && !Array.isArray(array)) {
    throw invalidArgument(
      'query chain',
      `${name} holds ${array.length} entries, the capacity says ${needed} or more`,
    );
  }
}
