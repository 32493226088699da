import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { JournalRecord } from './journal-record.js';

const NEWLINE = 0x0a;
const CHUNK = 1 << 20;

/** How far a journal was read. */
interface Progress {
  readonly bootId: string;
  readonly device: number;
  readonly inode: number;
  /** An inode may be given to another file. */
  readonly born: number;
  /** Bytes up to the end of the last whole line. */
  readonly offset: number;
  readonly records: readonly JournalRecord[];
}

/** Reads the records of one boot; since a journal only grows, each line is read once. */
export class JournalReader {
  readonly #path: string;
  #progress: Progress | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Records of a boot, oldest first; none when there is no file.
   *
   * @throws Error of the file system
   */
  read(bootId: string): readonly JournalRecord[] {
    let fd: number;
    try {
      fd = openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      return this.#read(fd, bootId);
    } finally {
      closeSync(fd);
    }
  }

  #read(fd: number, bootId: string): readonly JournalRecord[] {
    const { dev, ino, birthtimeMs, size } = fstatSync(fd);
    const known = this.#progress;
    const goesOn =
      known !== null &&
      known.bootId === bootId &&
      known.device === dev &&
      known.inode === ino &&
      known.born === birthtimeMs &&
      known.offset <= size;
    const from = goesOn ? known.offset : 0;
    const before = goesOn ? known.records : [];
    if (goesOn && from === size) return before;
    const bytes = readFrom(fd, from);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const records = [...before, ...recordsOf(bytes.subarray(0, end), bootId)];
    this.#progress = { bootId, device: dev, inode: ino, born: birthtimeMs, offset: from + end, records };
    // A last line without its end is torn, or being written.
    return [...records, ...recordsOf(bytes.subarray(end), bootId)];
  }
}

function readFrom(fd: number, position: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = position; ; ) {
    const part = Buffer.alloc(CHUNK);
    const read = readSync(fd, part, 0, CHUNK, at);
    if (read === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, read));
    at += read;
  }
}

function recordsOf(bytes: Buffer, bootId: string): readonly JournalRecord[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const record = line.includes(bootId) ? parse(line) : null;
      return record !== null && record.bootId === bootId ? record : [];
    });
}

function parse(line: string): JournalRecord | null {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null) return null;
    const { version, entry, phase } = record as Partial<JournalRecord>;
    const whole =
      version === 1 && typeof entry === 'string' && ['before', 'step', 'after'].includes(phase ?? '');
    if (!whole) return null;
    // Records of before these were kept have none of them.
    const earlier = { digest: null, function: null, policyProgram: null };
    return { ...earlier, ...(record as JournalRecord) };
  } catch {
    return null;
  }
}
