import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the journal of the real kernel lies by default: `/var/lib/mprog` for root, else `mprog` in the XDG state
 * directory (`$XDG_STATE_HOME`, or `~/.local/state`).
 *
 * The journal of a simulated kernel belongs beside its file; whoever opens one passes that directory instead.
 *
 * @param environment variables to look at, by default those of the process
 * @param uid effective user id, by default that of the process
 */
export function defaultStateDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  uid: number | undefined = process.geteuid?.(),
): string {
  if (uid === 0) return '/var/lib/mprog';
  const state = environment.XDG_STATE_HOME;
  // The XDG base directory specification has relative paths ignored.
  if (state?.startsWith('/')) return join(state, 'mprog');
  return join(environment.HOME || homedir(), '.local', 'state', 'mprog');
}
