import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a command that ran to its end left. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as it is installed; it runs what `npm run build` made. */
export const commandPath: string = fileURLToPath(new URL('../bin/mprog.js', import.meta.url));

/**
 * Runs the command in a process of its own, in the namespaces of the calling thread.
 *
 * @param through words of another command that starts it, such as `setpriv`
 */
export function runCommand(
  words: readonly string[],
  through: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): CommandResult {
  const [program = process.execPath, ...rest] = [...through, process.execPath, commandPath, ...words];
  const { status, stdout, stderr, error } = spawnSync(program, rest, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
