import { openPolicySource, type PolicySource, standardInputPolicy } from '@mprog/manager/policy';
import type { Output } from './render/output.js';

/** A policy has 4 MiB at most; one byte more is enough to see that there is more. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads the policy that an argument names, `-` for the standard input.
 *
 * @throws MprogError errno of the file system
 */
export async function policyArgument(file: string, { stdin }: Output): Promise<PolicySource> {
  if (file !== '-') return openPolicySource(file);
  return standardInputPolicy(await stdin.read(MOST_BYTES));
}
