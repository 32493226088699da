import { QUERY_ENTRIES } from './call-memory.js';

/**
 * Room for one chain that is read again and again: what `Attachments.tryQuery` fills without allocating anything.
 *
 * @example
 * const reading = new ChainReading();
 * if (kernel.attachments.tryQuery(hook, reading) === 0) console.log(reading.programIds.subarray(0, reading.count));
 */
export class ChainReading {
  revision: number = 0;
  /** How many entries of the arrays count, 0 to 64. */
  count: number = 0;
  readonly programIds: Uint32Array = new Uint32Array(QUERY_ENTRIES);
  /** 0 for what was attached directly. */
  readonly linkIds: Uint32Array = new Uint32Array(QUERY_ENTRIES);
}
