import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('dying-manager.mjs', import.meta.url));

/** What a dying process is told to do. */
export interface DyingTask {
  /** State file of a simulated host; null for the running kernel, in the namespaces of the caller. */
  readonly host: string | null;
  readonly stateDirectory: string;
  readonly policy?: { readonly directory: string; readonly file: string };
  readonly force?: boolean;
  readonly move?: { readonly hook: string; readonly reference: string; readonly options: object };
}

/** How a process ended: killed by itself, or done with its outcomes. */
export type DyingEnd =
  | { readonly killed: true }
  | {
      readonly killed: false;
      readonly outcomes: readonly { readonly outcome: string; readonly error: unknown }[];
    };

/**
 * Lets a process carry a task out that kills itself with SIGKILL right after its n-th change of the kernel or of pins.
 *
 * @param dieAfter 1 at least; the process ends by itself when it makes fewer changes
 */
export function dieAfter(n: number, task: DyingTask): DyingEnd {
  const { signal, status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, JSON.stringify({ ...task, dieAfter: n })],
    { encoding: 'utf8' },
  );
  if (signal === 'SIGKILL') return { killed: true };
  if (status !== 0) throw new Error(`the process ended with ${signal ?? status}: ${stderr}`);
  return { killed: false, outcomes: JSON.parse(stdout) };
}
