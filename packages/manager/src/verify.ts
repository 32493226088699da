import type { Chain } from './chain.js';
import { describeDifference } from './chain.js';
import { type ChangeMember, type ChangeProgram, memberOf } from './change.js';
import { refusal } from './manager-error.js';
import type { AttachmentState } from './state.js';

/** The chain that a change should have led to. */
export interface Expected {
  readonly members: readonly ChangeMember[];
  readonly revision: number;
  /** The program that must be there. */
  readonly program: ChangeProgram;
}

/**
 * Compares a chain, read right after a change, with what the change should have led to.
 *
 * @returns where the program stands, and what somebody else changed in between
 * @throws MprogError `ERR_VERIFY` when the program is not there
 */
export function verify(
  expected: Expected,
  chain: Chain,
  operation: string,
): { readonly position: number; readonly notes: readonly string[] } {
  const found = chain.members.find(({ program }) => program.id === expected.program.id);
  if (found === undefined) {
    throw refusal('ERR_VERIFY', operation, `id:${expected.program.id} was attached, but it is gone again`, {
      remedy: 'somebody removed it at the same moment; look at the hook before trying again',
      data: { found: chain.members.map(({ program }) => program.id), revision: String(chain.revision) },
    });
  }
  return { position: found.position, notes: foreignChanges(expected.members, expected.revision, chain) };
}

/** What a chain shows that the change alone does not explain, a sentence each. */
export function foreignChanges(
  members: readonly ChangeMember[],
  revision: number | null,
  chain: Chain,
): readonly string[] {
  const ids = (all: readonly ChangeMember[]) =>
    all.map(({ program, link }) => `${program.id} ${link?.id ?? 0}`).join();
  if (ids(members) !== ids(chain.members.map(memberOf))) {
    const difference = describeDifference(members.map(stateOf), chain.members) ?? 'the order is another one';
    return [`somebody changed the chain at the same moment: ${difference}`];
  }
  if (revision === null || revision === chain.revision) return [];
  return [
    `somebody changed the chain at the same moment and changed it back: revision is ${chain.revision}, not ${revision}`,
  ];
}

function stateOf({ position, program, link, ours }: ChangeMember): AttachmentState {
  return {
    position,
    program: { ...program, id: program.id ?? 0, pins: null },
    link: link === null ? null : { id: link.id ?? 0, pins: null },
    ours,
  };
}
