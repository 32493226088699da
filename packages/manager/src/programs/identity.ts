import type { JournalRecord } from '../journal/journal-record.js';

/** Where a program of this boot comes from, as the journal says. */
export interface Identity {
  /** Absolute path of the object file. */
  readonly object: string;
  /** SHA-256 of the file when it was loaded, in hexadecimal digits; null when that was not recorded. */
  readonly digest: string | null;
  /** Full name of its function; null when that was not recorded. */
  readonly function: string | null;
  /** What the policy that it was loaded for calls it; null outside of policies. */
  readonly policyProgram: string | null;
}

/**
 * Programs that mprog loaded, by id.
 *
 * A load whose end was never recorded counts: its record was written when the program had its id. One that failed does not.
 * What a newer version took the name of is an older one, also where its own load is not recorded.
 *
 * @param records of one boot, oldest first; ids of another boot mean nothing
 */
export function identities(records: readonly JournalRecord[]): ReadonlyMap<number, Identity> {
  const failed = new Set(records.flatMap(({ entry, outcome }) => (outcome === 'failed' ? entry : [])));
  const found = new Map<number, Identity>();
  for (const record of records) {
    const { program, object, digest, policyProgram, replaced } = record;
    if (program === null || object === null || failed.has(record.entry)) continue;
    if (replaced !== null && policyProgram !== null && !found.has(replaced)) {
      found.set(replaced, { object, digest: null, function: null, policyProgram });
    }
    found.set(program, { object, digest, function: record.function, policyProgram });
  }
  return found;
}
