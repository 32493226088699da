import { readPolicy } from '../src/policy/read-policy.js';
import { exampleText } from './policy-example.js';

/** Reads a policy as `p.yaml` in `/etc/mprog`. */
export function readText(text: string | Uint8Array): ReturnType<typeof readPolicy> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return readPolicy({ bytes, file: 'p.yaml', directory: '/etc/mprog' });
}

/** Each problem of a policy as `line:column code message`. */
export function problemsOf(text: string | Uint8Array): readonly string[] {
  return readText(text).problems.map(
    ({ line, column, code, message }) => `${line}:${column} ${code} ${message}`,
  );
}

/** The example with one line exchanged for others; lines count from 1. */
export function withLine(line: number, ...instead: string[]): string {
  return exampleText
    .split('\n')
    .toSpliced(line - 1, 1, ...instead)
    .join('\n');
}
