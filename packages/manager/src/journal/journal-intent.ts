import type { JournalIntent } from './journal-record.js';

/** What a change is about to do; what is left out is null. */
export function journalIntent(
  parts: Pick<JournalIntent, 'operation'> & Partial<JournalIntent>,
): JournalIntent {
  return {
    hook: null,
    netnsInode: null,
    ifindex: null,
    cgroupId: null,
    program: null,
    object: null,
    digest: null,
    function: null,
    policyProgram: null,
    replaced: null,
    link: null,
    pin: null,
    revisionBefore: null,
    ...parts,
  };
}
