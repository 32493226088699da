import { type ChangeMember, type ChangeProgram, memberOf } from '../change.js';
import type { Chain } from '../host/chain.js';
import { describeDifference } from '../host/chain.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';

/** The chain that a change should have led to. */
export interface Expected {
  readonly members: readonly ChangeMember[];
  /** Null where it can't be foreseen. */
  readonly revision: number | null;
  /** The program that must be there. */
  readonly program: ChangeProgram;
  /** From 1: where it should stand. */
  readonly position: number;
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
  // A cgroup may have the program several times.
  const present = chain.members.filter(({ program }) => program.id === expected.program.id);
  const found = present.find(({ position }) => position === expected.position) ?? present[0];
  if (found === undefined) {
    throw refusal('ERR_VERIFY', operation, `id:${expected.program.id} was attached, but it is gone again`, {
      remedy: 'somebody removed it at the same moment; look at the hook before trying again',
      data: { found: chain.members.map(({ program }) => program.id), revision: String(chain.revision) },
    });
  }
  return { position: found.position, notes: foreignChanges(expected.members, expected.revision, chain) };
}

/**
 * What a chain shows that the change alone does not explain, a sentence each.
 *
 * @param members what the change should have led to; null where that can't be told
 */
export function foreignChanges(
  members: readonly ChangeMember[] | null,
  revision: number | null,
  chain: Chain,
): readonly string[] {
  const linksKnown = chain.members.every(({ linkUnknown }) => linkUnknown !== true);
  const ids = (all: readonly ChangeMember[]) =>
    all.map(({ program, link }) => `${program.id} ${linksKnown ? (link?.id ?? 0) : ''}`).join();
  if (members !== null && ids(members) !== ids(chain.members.map(memberOf))) {
    const difference = describeDifference(members.map(stateOf), chain.members) ?? 'the order is another one';
    return [`somebody changed the chain at the same moment: ${difference}`];
  }
  if (revision === null || revision === chain.revision) return [];
  if (members === null) {
    return [`somebody changed the chain at the same moment: revision is ${chain.revision}, not ${revision}`];
  }
  return [
    `somebody changed the chain at the same moment and changed it back: revision is ${chain.revision}, not ${revision}`,
  ];
}

function stateOf({ position, program, link, linkUnknown, ours }: ChangeMember): AttachmentState {
  return {
    position,
    program: { ...program, id: program.id ?? 0, pins: null },
    link: link === null ? null : { id: link.id ?? 0, pins: null },
    ...(linkUnknown === true ? { linkUnknown } : {}),
    ours,
  };
}
