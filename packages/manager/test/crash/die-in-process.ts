import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CrashEnd } from './crash-machine.js';
import type { DeathPoint } from './doomed-host.mjs';
import type { Task } from './perform-task.mjs';

const script = fileURLToPath(new URL('dying-manager.mjs', import.meta.url));
const NEVER: DeathPoint = { n: Number.MAX_SAFE_INTEGER, moment: 'after' };

/**
 * Lets a process carry a task out that kills itself with SIGKILL at a point; it ends by itself when it does not come there.
 *
 * @param host state file of a simulated host; null for the running kernel, in the namespaces of this thread
 * @param point null for a process that lives
 */
export function dieInProcess(
  host: string | null,
  stateDirectory: string,
  task: Task,
  point: DeathPoint | null,
): CrashEnd {
  const order = { host, stateDirectory, task, point: point ?? NEVER };
  const args = [script, JSON.stringify(order)];
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (signal === 'SIGKILL' && point !== null) return { killed: true };
  if (status !== 0) throw new Error(`the process ended with ${signal ?? status}: ${stderr}`);
  return { killed: false, outcomes: JSON.parse(stdout) };
}
