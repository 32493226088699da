import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { clip, MprogError } from '@mprog/core';
import { withFileErrors } from './file-error.js';

const NONCE = /^\{"nonce":"([0-9a-f]{32})",/;
const NONCE_BYTES = 48;
/** More than a hundred thousand programs take; anything larger is something else, and would not fit a string. */
const MAX_BYTES = 256 * 1024 * 1024;
/** As many symbolic links in a row as Linux follows. */
const MAX_LINKS = 40;
/** Whoever reads never waits, not even when a pipe is put in the place of the file. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** What was read of a state file. */
export interface StateText {
  /** Tells this version of the file from every other one. */
  readonly version: string;
  /** JSON of the saved kernel. */
  readonly body: string;
}

/**
 * The file that a simulated host is kept in. It is replaced as a whole, so a reader or a crash sees the state before a change
 * or the one after it; whoever writes holds the lock beside it.
 */
export class StateFile {
  /** Where it really is, symbolic links followed. */
  readonly path: string;

  /** @throws MprogError `ENOENT` when its directory is missing, or what else the file system says */
  constructor(path: string) {
    this.path = withFileErrors(`open state file ${clip(path)}`, () => locate(path));
  }

  get lockPath(): string {
    return `${this.path}.lock`;
  }

  /**
   * Whether there is a file.
   *
   * @throws MprogError `EINVAL` when there is something else in its place
   */
  exists(): boolean {
    const present = this.#reading(() => statSync(this.path, { throwIfNoEntry: false }));
    if (present !== undefined && !present.isFile()) throw this.#noFile();
    return present !== undefined;
  }

  /** The version that is there, without reading all of it. */
  peek(): string {
    return this.#opened(versionOf);
  }

  /**
   * Reads what is there.
   *
   * @throws MprogError `EBADMSG` when it is no state file, or what the file system says
   */
  read(): StateText {
    return this.#opened((fd, size) => {
      if (size > MAX_BYTES) throw this.damaged(`it has more than ${MAX_BYTES} bytes`);
      const text = readFileSync(fd, 'utf8');
      if (text.trim() === '') throw this.damaged('it is empty');
      if (!NONCE.test(text)) throw this.damaged('it does not begin as a state file does');
      return { version: versionOf(fd), body: `{${text.slice(text.indexOf(',') + 1).trimEnd()}` };
    });
  }

  /** The error for a file that is no state file; it stays as it is. */
  damaged(reason: string, cause?: unknown): MprogError {
    return new MprogError(
      'EBADMSG',
      `read state file ${this.path}: it is damaged: ${reason} (EBADMSG); it was left as it is: put a copy back, or move it away and begin a fresh one`,
      { cause, data: { path: this.path } },
    );
  }

  /**
   * Puts another state in its place: written beside it, forced to the disk, renamed.
   *
   * @param body JSON of the saved kernel
   * @returns this version
   */
  write(body: string): string {
    const nonce = randomBytes(16).toString('hex');
    return withFileErrors(`write state file ${this.path}`, () => {
      const present = statSync(this.path, { throwIfNoEntry: false });
      if (present !== undefined) accessSync(this.path, constants.W_OK);
      const beside = `${this.path}.new.${randomBytes(12).toString('hex')}`;
      try {
        writeWhole(beside, `{"nonce":"${nonce}",${body.slice(1)}\n`, present?.mode);
        renameSync(beside, this.path);
      } catch (error) {
        removeQuietly(beside);
        throw error;
      }
      syncDirectory(dirname(this.path));
      return this.peek();
    });
  }

  /** Removes what killed writers have left beside it. Only for the holder of the lock: nobody else writes then. */
  sweep(): void {
    const prefix = `${basename(this.path)}.new.`;
    for (const name of readdirSync(dirname(this.path))) {
      if (!name.startsWith(prefix) || !/^[0-9a-f]{24}$/.test(name.slice(prefix.length))) continue;
      const file = join(dirname(this.path), name);
      if (lstatSync(file, { throwIfNoEntry: false })?.isFile()) unlinkSync(file);
    }
  }

  #opened<Result>(action: (fd: number, size: number) => Result): Result {
    return this.#reading(() => {
      const fd = openSync(this.path, READ);
      try {
        const stat = fstatSync(fd);
        if (!stat.isFile()) throw this.#noFile();
        return action(fd, stat.size);
      } finally {
        closeSync(fd);
      }
    });
  }

  #noFile(): MprogError {
    return new MprogError(
      'EINVAL',
      `read state file ${this.path}: it is no regular file (EINVAL); name another one`,
    );
  }

  #reading<Result>(action: () => Result): Result {
    return withFileErrors(`read state file ${this.path}`, action);
  }
}

/** Where a file is or is to be made, symbolic links followed, also those that lead to nothing yet. */
function locate(path: string): string {
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    try {
      return realpathSync(at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const directory = realpathSync(dirname(at));
    at = join(directory, at.slice(at.lastIndexOf('/') + 1));
    if (!lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return at;
    at = resolve(directory, readlinkSync(at));
  }
  throw Object.assign(new Error('too many symbolic links'), { code: 'ELOOP' });
}

/** The word that each write puts first, and what a change by anything else would show in. */
function versionOf(fd: number): string {
  const head = new Uint8Array(NONCE_BYTES);
  const length = readSync(fd, head, 0, NONCE_BYTES, 0);
  const nonce = NONCE.exec(new TextDecoder('latin1').decode(head.subarray(0, length)))?.[1] ?? '';
  const { ino, size, mtimeNs } = fstatSync(fd, { bigint: true });
  return `${nonce} ${ino} ${size} ${mtimeNs}`;
}

/** Removes what was written of a state that came to nothing; the error that led here is the one to tell. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or cannot be removed either.
  }
}

/** Writes a file that is not there yet, and forces it to the disk. Nothing that stands in its place is followed. */
function writeWhole(path: string, text: string, mode: number | undefined): void {
  const fd = openSync(path, 'wx', 0o644);
  try {
    if (mode !== undefined) fchmodSync(fd, mode & 0o7777);
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Forces a rename to the disk; not every file system can, and the file itself is whole either way. */
function syncDirectory(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(fd);
  }
}
