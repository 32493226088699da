import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { MprogError } from '@mprog/core';
import type { Process } from '../simulated/objects/process.js';
import type { ProcessOptions, SimulatedKernel } from '../simulated/simulated-kernel.js';
import { type KernelAccess, SimulatedProcess } from '../simulated/simulated-process.js';
import { ownIdentity } from './process-identity.js';
import { LOCK_TIMEOUT, StateStore } from './state-store.js';

/** How a simulated host is opened from its file. */
export interface SimulatedFileOptions extends ProcessOptions {
  /** Makes the file when there is none; otherwise that is `ENOENT`. */
  readonly create?: boolean;
  /** Milliseconds to wait for another process that has the file locked, 0 to an hour; 10 seconds when absent. */
  readonly lockTimeout?: number;
}

/**
 * Opens the simulated host that a file holds, as a process of its own. Each call, of bpf(2), the world or the shape of the
 * host, is one transaction on the file: locked, read, acted on, written beside, forced to the disk, renamed.
 *
 * The fds of the returned host belong to this process: `close()` closes them, and when the process ends without it,
 * whoever uses the file next does, so links without a pin detach and programs that nothing holds vanish.
 *
 * @throws MprogError `ENOENT` without the file or its directory, `EBADMSG` for a damaged file, which stays as it is, `EBUSY`
 *   naming the process that keeps the file locked, or what the file system says
 *
 * @example
 * using host = openSimulatedFile('host.json', { create: true });
 * host.shape.addDevice('eth0');
 */
export function openSimulatedFile(path: string, options: SimulatedFileOptions = {}): SimulatedProcess {
  const { create = false, lockTimeout = LOCK_TIMEOUT } = options;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new MprogError('EINVAL', 'open state file: its path is empty or no path (EINVAL)');
  }
  if (!(lockTimeout >= 0 && lockTimeout <= 3_600_000)) {
    throw new MprogError('EINVAL', `open state file ${path}: lockTimeout must be 0 to 3600000 (EINVAL)`);
  }
  const store = StateStore.of(path);
  store.prepare(create, lockTimeout);
  const owner = ownIdentity();
  const key = `${owner.pid}-${randomBytes(8).toString('hex')}`;
  store.transact(lockTimeout, (kernel) => kernel.addProcess(key, owner, options.maximumFds));

  const access: KernelAccess = {
    transact<Result>(action: (kernel: SimulatedKernel, process: Process) => Result): Result {
      return store.transact(lockTimeout, (kernel) => {
        const own = kernel.processes.get(key);
        if (own === undefined) {
          throw new MprogError(
            'ESRCH',
            `use state file ${path}: it does not know this process any more, somebody put another state in its place (ESRCH); open it again`,
          );
        }
        return action(kernel, own);
      });
    },
    exit(): void {
      try {
        store.transact(lockTimeout, (kernel) => kernel.exitProcess(key));
      } catch (error) {
        // Without the file there is nothing left that the process could hold.
        if (!MprogError.is(error) || error.code !== 'ENOENT') throw error;
      }
    },
    now: Date.now,
  };
  const { user = userName() } = options;
  return new SimulatedProcess(access, { ...options, user });
}

/** A number where the user has no name, as in a container. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
