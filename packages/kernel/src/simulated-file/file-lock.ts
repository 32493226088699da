import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync as exists,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MprogError } from '@mprog/core';
import { readRegularFile } from '../read-regular-file.js';
import type { ProcessOwner } from '../simulated/objects/process.js';
import { isGone, isRunning, ownIdentity } from './process-identity.js';

const FIRST_PAUSE = 0.2;
const LONGEST_PAUSE = 20;
const MAX_BREAKERS = 8;
/** A lock has some two hundred bytes. */
const MAX_BYTES = 4096;

/** What a lock file says: who holds it, and a word that no other lock has. */
interface LockContents extends ProcessOwner {
  readonly nonce: string;
}

/** A lock that is held; `release` gives it back. */
export interface HeldLock {
  release(): void;
}

/**
 * Takes a lock that works between processes and threads on any POSIX file system: a file that link(2) puts in place whole.
 *
 * A lock whose process is gone is broken. Whoever breaks it first takes a second lock that is named after the first one's
 * nonce, and then removes the first only while it still has that nonce: a fresh lock in its place is never removed.
 *
 * @param path of the lock file
 * @param timeout milliseconds to wait for a process that is alive
 * @throws MprogError `EBUSY` with `data.pid` when the holder kept it for longer, or the errno of the file system
 */
export function takeLock(path: string, timeout: number): HeldLock {
  const deadline = performance.now() + timeout;
  return take(path, deadline, 0);
}

/**
 * Removes what killed processes have left beside a lock: attempts to take it, and locks for breaking earlier ones, which
 * mean nothing any more. Only for the holder of the lock.
 */
export function sweepLocks(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const file = join(dirname(path), name);
    if (!isRegular(file)) continue;
    const rest = name.slice(prefix.length);
    const pid = /^(?:[0-9a-f]{24}\.)*try\.(\d{1,10})\.[0-9a-f]{24}$/.exec(rest)?.[1];
    const attemptOfGone = pid !== undefined && isAttemptOfGone(file, Number(pid));
    if (attemptOfGone || /^[0-9a-f]{24}(?:\.[0-9a-f]{24})*$/.test(rest)) remove(file);
  }
}

/** One that is not whole was cut off while it was written, unless its process still runs. */
function isAttemptOfGone(file: string, pid: number): boolean {
  const contents = read(file);
  if (contents === null) return false;
  return contents === 'unreadable' ? !isRunning(pid) : isGone(contents);
}

function take(path: string, deadline: number, depth: number): HeldLock {
  const nonce = randomBytes(12).toString('hex');
  const own = { ...ownIdentity(), nonce };
  const attempt = `${path}.try.${own.pid}.${nonce}`;
  write(attempt, own);
  try {
    for (let pause = FIRST_PAUSE; !tryLink(attempt, path, own); pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const holder = read(path);
      if (holder === null) continue;
      // Locks appear whole: what cannot be read as one never becomes one.
      if (holder === 'unreadable') throw held(path, holder);
      if (isGone(holder)) breakLock(path, holder, deadline, depth);
      else if (performance.now() > deadline) throw held(path, holder);
      else sleep(pause * (0.5 + Math.random()));
    }
  } finally {
    remove(attempt);
  }
  return { release: () => remove(path) };
}

function breakLock(path: string, { nonce, pid }: LockContents, deadline: number, depth: number): void {
  if (depth >= MAX_BREAKERS) {
    throw new MprogError(
      'EBUSY',
      `lock ${path}: process ${pid} and those that took over from it are gone (EBUSY); remove it`,
    );
  }
  const breaker = take(`${path}.${nonce}`, deadline, depth + 1);
  try {
    const present = read(path);
    if (present !== null && present !== 'unreadable' && present.nonce === nonce) remove(path);
  } finally {
    breaker.release();
  }
}

function held(path: string, holder: LockContents | 'unreadable'): MprogError {
  if (holder === 'unreadable') {
    return new MprogError(
      'EBUSY',
      `lock ${path}: the file there is no lock of this program (EBUSY); remove it`,
    );
  }
  const { pid } = holder;
  return new MprogError('EBUSY', `lock ${path}: process ${pid} holds it (EBUSY); wait for it or end it`, {
    data: { pid },
  });
}

function tryLink(attempt: string, path: string, own: LockContents): boolean {
  try {
    linkSync(attempt, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT' || exists(attempt)) throw error;
    // A process that could not see this one took the attempt for a leftover.
    write(attempt, own);
    return false;
  }
}

/** Writes a file that is not there yet; one that cannot be written whole does not stay. */
function write(path: string, contents: LockContents): void {
  const fd = openSync(path, 'wx', 0o644);
  try {
    const bytes = Buffer.from(JSON.stringify(contents));
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** What a lock file says; null when there is none. */
function read(path: string): LockContents | 'unreadable' | null {
  const present = lstatSync(path, { throwIfNoEntry: false });
  if (present === undefined) return null;
  if (!present.isFile()) return 'unreadable';
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_BYTES);
  } catch (error) {
    const code = MprogError.is(error) ? error.code : '';
    if (code === 'ENOENT') return null;
    if (code === 'EFBIG' || code === 'EINVAL' || code === 'EISDIR') return 'unreadable';
    throw error;
  }
  try {
    const text = new TextDecoder().decode(bytes);
    const { pid, startTime, bootId, pidNamespace, nonce } = JSON.parse(text) as LockContents;
    const whole = [startTime, bootId, pidNamespace].every((word) => typeof word === 'string');
    return whole && Number.isInteger(pid) && /^[0-9a-f]{24}$/.test(nonce)
      ? { pid, startTime, bootId, pidNamespace, nonce }
      : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function isRegular(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

const pauses = new Int32Array(new SharedArrayBuffer(4));

/** Waits without a turn of the event loop: calls of a kernel are synchronous. */
function sleep(milliseconds: number): void {
  Atomics.wait(pauses, 0, 0, milliseconds);
}
