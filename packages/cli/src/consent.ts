import { MprogError } from '@mprog/core';
import type { Invocation } from './command-line/invocation.js';
import type { Output } from './render/output.js';

/**
 * Makes sure that somebody agrees, or can be asked: a command that changes hooks never waits for an answer that nobody can
 * give.
 *
 * @param operation what the command is about, for the refusal
 * @returns asks when it comes to it; true without asking when `--yes` was given
 * @throws MprogError `ERR_CONSENT` without `--yes` where nobody can answer
 */
export function requireConsent(
  invocation: Invocation,
  output: Output,
  operation: string,
): (question: string) => Promise<boolean> {
  if (invocation.flag('yes')) return async () => true;
  if (!output.canAsk) {
    throw new MprogError(
      'ERR_CONSENT',
      `${operation}: nobody can be asked without a terminal; look at the plan and give --yes`,
    );
  }
  return async (question) => {
    const agrees = await output.ask(question);
    if (!agrees) output.fail(`${operation}: nothing was changed`);
    return agrees;
  };
}
