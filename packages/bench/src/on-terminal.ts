import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { runProgram } from './whole-process.js';

/** Opens a terminal for a command, and is the parent of all that are measured on one. */
const SCRIPT = 'script';

/** Why nothing can be started on a terminal here. */
export function missingTerminal(): string | undefined {
  const { stdout, error } = spawnSync(SCRIPT, ['--version'], { encoding: 'utf8' });
  if (error === undefined && stdout.includes('util-linux')) return undefined;
  return 'no `script` of util-linux to open a terminal';
}

/** Runs a program on a terminal of its own; its output is given without colours and with the ends of lines it wrote. */
export function runOnTerminal(
  program: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const words = [program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const options = ['--quiet', '--return', '--command', `exec ${words.join(' ')}`, '/dev/null'];
  // The shell that reads the command, and a kind of terminal that can show colours.
  const { status, stdout, stderr } = runProgram(SCRIPT, options, {
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
  });
  return { status, stdout: stripVTControlCharacters(stdout).replaceAll('\r\n', '\n'), stderr };
}
