import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { clip, MprogError } from '@mprog/core';
import type { World } from '@mprog/kernel';
import { sweepLocks, takeLock } from '@mprog/kernel/file-lock';
import { refusal } from '../manager-error.js';
import type { JournalPlan } from './journal-plan.js';
import { JournalReader, requireFile } from './journal-reader.js';
import type { JournalIntent, JournalRecord, JournalResult } from './journal-record.js';

/** A change that was announced and whose end is still to be recorded. */
export interface OpenEntry {
  readonly entry: string;
  readonly intent: JournalIntent;
}

const NEWLINE = 0x0a;
const LOCK_MILLISECONDS = 10_000;
/** A plan on one hook takes some 10 ms a step. */
const PLAN_MILLISECONDS = 30_000;

/**
 * What mprog did on this host: `journal.jsonl` in the state directory, a record before and one after each change.
 *
 * Records are appended under a lock and synced. A line that a crash tore is passed over when reading, and stays: the
 * next record begins on a line of its own. A change without its second record was cut off in between.
 */
export class Journal {
  readonly path: string;
  readonly #directory: string;
  readonly #reader: JournalReader;
  readonly #world: World;
  readonly #clock: () => number;

  constructor(directory: string, world: World, clock: () => number) {
    this.path = join(directory, 'journal.jsonl');
    this.#directory = directory;
    this.#reader = new JournalReader(this.path);
    this.#world = world;
    this.#clock = clock;
  }

  /**
   * Announces a change.
   *
   * @throws MprogError with the errno of the file system; then nothing may be changed
   */
  begin(intent: JournalIntent): OpenEntry {
    const open: OpenEntry = { entry: randomUUID(), intent };
    this.#append(this.#record(open, 'before', { outcome: null, error: null, revisionAfter: null }));
    return open;
  }

  /** Announces that a change goes another way than was announced, since somebody else was faster. */
  again({ entry }: OpenEntry, intent: JournalIntent): OpenEntry {
    const open: OpenEntry = { entry, intent };
    this.#append(this.#record(open, 'before', { outcome: null, error: null, revisionAfter: null }));
    return open;
  }

  /** Records one step of a plan. It is not synced: what was done the kernel tells. */
  step(open: OpenEntry, words: string, revisionAfter: string): void {
    const { plan: _, ...intent } = open.intent;
    const record = this.#record({ ...open, intent }, 'step', { outcome: null, error: null, revisionAfter });
    this.#append({ ...record, step: words }, false);
  }

  /** Records that a plan was carried out, with the chain as it became. */
  ended(open: OpenEntry, plan: JournalPlan, revisionAfter: string): void {
    const record = this.#record(open, 'after', { outcome: 'done', error: null, revisionAfter });
    this.#append({ ...record, plan });
  }

  /**
   * Does something while no other process does so with this state directory.
   *
   * @throws MprogError `EBUSY` when another one takes longer than half a minute, else with the errno of the file system;
   * then nothing was done
   */
  exclusively<Result>(action: () => Result): Result {
    const path = join(this.#directory, 'plan.lock');
    const lock = this.#lockPlan(path);
    try {
      sweepLocks(path);
      return action();
    } finally {
      lock.release();
    }
  }

  /** Records that a change was done. */
  done(open: OpenEntry, result: JournalResult): void {
    this.#append(this.#record(open, 'after', { ...result, outcome: 'done', error: null }));
  }

  /** Records that a change failed and was undone. */
  failed(open: OpenEntry, error: unknown): void {
    const code = MprogError.is(error) ? error.code : 'ERR_UNKNOWN';
    this.#append(this.#record(open, 'after', { outcome: 'failed', error: code, revisionAfter: null }));
  }

  /**
   * Records of this boot, oldest first; none when there is no journal. What was read once is not read again.
   *
   * @throws MprogError with the errno of the file system
   */
  read(): readonly JournalRecord[] {
    try {
      return this.#reader.read(this.#world.bootId);
    } catch (error) {
      throw fileError(`read journal ${clip(this.path)}`, error);
    }
  }

  #lockPlan(path: string): ReturnType<typeof takeLock> {
    try {
      makeDirectory(this.#directory);
      return takeLock(path, PLAN_MILLISECONDS);
    } catch (error) {
      throw fileError(`lock journal ${clip(this.path)}`, error);
    }
  }

  #record(
    { entry, intent }: OpenEntry,
    phase: JournalRecord['phase'],
    end: Pick<JournalRecord, 'outcome' | 'error' | 'revisionAfter'> & Partial<JournalResult>,
  ): JournalRecord {
    return {
      version: 1,
      entry,
      phase,
      bootId: this.#world.bootId,
      time: new Date(this.#clock()).toISOString(),
      user: this.#world.user,
      pid: process.pid,
      ...intent,
      ...end,
    };
  }

  #append(record: JournalRecord, sync = true): void {
    try {
      makeDirectory(this.#directory);
      locked(`${this.path}.lock`, () => appendLine(this.path, JSON.stringify(record), sync));
    } catch (error) {
      throw fileError(`write journal ${clip(this.path)}`, error);
    }
  }
}

/** Makes a directory and what is missing above it; Node's own recursive form never returns below /proc. */
function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    try {
      mkdirSync(directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function locked(path: string, action: () => void): void {
  const lock = takeLock(path, LOCK_MILLISECONDS);
  try {
    sweepLocks(path);
    action();
  } finally {
    lock.release();
  }
}

function appendLine(path: string, line: string, sync: boolean): void {
  const fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o644);
  try {
    const status = fstatSync(fd);
    requireFile(status);
    const { size } = status;
    const end = Buffer.alloc(1);
    const torn = size > 0 && readSync(fd, end, 0, 1, size - 1) === 1 && end[0] !== NEWLINE;
    const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`);
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    if (sync) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function fileError(operation: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (MprogError.is(error) || code === undefined) return error;
  const words = (error as Error).message.replace(/^[A-Z0-9]+: /, '').replace(/, .*$/s, '');
  return refusal(code as `E${string}` as 'EIO', operation, words, {
    cause: error,
    remedy: 'every change is recorded first; name another state directory with --state DIR',
  });
}
