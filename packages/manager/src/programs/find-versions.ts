import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import type { ProgramOrigin } from '../resolve/object-file.js';
import type { ProgramVersion } from './desired-program.js';
import type { Identity } from './identity.js';

/** What is asked for. */
export interface Sought {
  /** As the policy calls it. */
  readonly name: string;
  readonly origin: ProgramOrigin;
  /** Names of all programs of the policy: what was loaded as another one of them is no version of this one. */
  readonly names: ReadonlySet<string>;
  /** Program at the path of its pin, or null. */
  readonly pinned: number | null;
}

/**
 * Programs of the kernel that are versions of a program of a policy, oldest first.
 *
 * What mprog loaded under the policy's name, or from the same function of the same file, is a version; it is the current
 * one when file and function have the digest and name that the policy names. Name and tag in the kernel prove nothing. A
 * program at the path of the pin whose load was not recorded is ours by that pin, but can't be current.
 */
export function findVersions(
  context: Pick<Context, 'kernel'>,
  known: ReadonlyMap<number, Identity>,
  sought: Sought,
): ReadonlyMap<number, ProgramVersion> {
  const versions = new Map<number, ProgramVersion>();
  const { pinned } = sought;
  if (pinned !== null && !known.has(pinned)) versions.set(pinned, 'older');
  for (const [id, identity] of known) {
    if (!isVersion(identity, sought)) continue;
    if (id !== pinned && !isThere(context, id)) continue;
    versions.set(id, isCurrent(identity, sought) ? 'current' : 'older');
  }
  return versions;
}

/** Whether a program that was loaded is a version of what is sought. */
export function isVersion(identity: Identity, { name, origin, names }: Sought): boolean {
  const { policyProgram } = identity;
  if (policyProgram === name) return true;
  if (policyProgram !== null && names.has(policyProgram)) return false;
  return identity.object === origin.object && identity.function === origin.function;
}

function isCurrent(identity: Identity, { origin }: Sought): boolean {
  return identity.digest === origin.digest && identity.function === origin.function;
}

function isThere({ kernel }: Pick<Context, 'kernel'>, id: number): boolean {
  try {
    kernel.programs.open(id).close();
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
