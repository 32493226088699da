import { MprogError } from '@mprog/core';
import type { Output } from './output.js';
import { printable } from './printable.js';

/**
 * Tells of an error: one line on stderr, what the verifier said indented below it, and with `-o json` a document with
 * `error` on stdout.
 *
 * @returns the exit status, 1
 */
export function reportError(error: unknown, output: Output): number {
  const known = MprogError.is(error);
  const message = error instanceof Error ? error.message : String(error);
  output.fail(
    known ? message : `internal error: ${message}; please report it with the output of MPROG_DEBUG=1`,
  );
  const log = known ? error.data.log : undefined;
  if (typeof log === 'string' && log.trim() !== '') output.aside(`${indent(log)}\n`);
  if (output.environment.MPROG_DEBUG && error instanceof Error) output.aside(`${error.stack}\n`);
  if (output.isJson) {
    const code = known ? error.code : 'ERR_INTERNAL';
    output.json({ error: { code, message, data: known ? error.data : {} } });
  }
  return 1;
}

function indent(log: string): string {
  return log
    .trim()
    .split('\n')
    .map((line) => `  ${printable(line.trimEnd())}`)
    .join('\n');
}
