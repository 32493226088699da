import { linkSync, mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { refusal } from './manager-error.js';

const WAIT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 5;
/** A take-over is a handful of file operations; one that is older was killed. */
const TAKE_OVER_MILLISECONDS = 5_000;

/**
 * Runs an action while no other process is in it: the lock is the file `PATH.lock`, which names its holder.
 *
 * The file appears whole (it is linked into place), and one whose holder is gone is taken over, so a killed process
 * blocks nobody.
 *
 * @throws MprogError `EBUSY` when a living process holds it for more than ten seconds, or the errno of the file system
 */
export function withFileLock<Result>(path: string, action: () => Result): Result {
  const lock = `${path}.lock`;
  const mine = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, holderOf(process.pid), { flag: 'wx' });
  try {
    acquire(lock, mine);
  } finally {
    unlinkSync(mine);
  }
  try {
    return action();
  } finally {
    unlinkSync(lock);
  }
}

function acquire(lock: string, mine: string): void {
  const deadline = Date.now() + WAIT_MILLISECONDS;
  for (;;) {
    try {
      linkSync(mine, lock);
      return;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    const holder = readOrNull(lock);
    if (holder !== null && isGone(holder)) takeOver(lock, holder);
    else if (Date.now() > deadline) {
      const pid = holder?.split(' ')[0] ?? '?';
      throw refusal('EBUSY', `lock ${lock}`, `process ${pid} holds it`, {
        remedy: 'wait for it, or remove the file if no mprog runs',
      });
    } else sleep(POLL_MILLISECONDS);
  }
}

/** Removes the lock of a process that is gone; one process at a time does this, so that no fresh lock is removed. */
function takeOver(lock: string, holder: string): void {
  const guard = `${lock}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    try {
      if (Date.now() - statSync(guard).mtimeMs > TAKE_OVER_MILLISECONDS) rmdirSync(guard);
    } catch (gone) {
      if (!isCode(gone, 'ENOENT')) throw gone;
    }
    sleep(POLL_MILLISECONDS);
    return;
  }
  try {
    if (readOrNull(lock) === holder) unlinkSync(lock);
  } finally {
    rmdirSync(guard);
  }
}

/** A process by its id and the time of its start, so that a later one with the same id is told apart. */
function holderOf(pid: number): string {
  return `${pid} ${startOf(pid) ?? '-'}\n`;
}

function isGone(holder: string): boolean {
  const pid = Number.parseInt(holder, 10);
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
  const start = holder.trim().split(' ')[1];
  const found = startOf(pid);
  return found !== null && start !== '-' && start !== found;
}

/** Field 22 of `/proc/PID/stat`; null where there is no such file. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
