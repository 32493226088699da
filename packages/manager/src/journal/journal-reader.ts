import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { JournalRecord } from './journal-record.js';
import { readJournalRecord } from './read-journal-record.js';

const NEWLINE = 0x0a;
const CHUNK = 1 << 20;
/** A plan of a full hook is some hundred kilobytes. */
const LONGEST = 1 << 26;

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
      fd = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
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
    const status = fstatSync(fd);
    requireFile(status);
    const { dev, ino, birthtimeMs, size } = status;
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
    const { lines, offset, rest } = readLines(fd, from, bootId);
    const records = [...before, ...lines.flatMap((line) => recordOf(line, bootId) ?? [])];
    this.#progress = { bootId, device: dev, inode: ino, born: birthtimeMs, offset, records };
    // A last line without its end is torn, or being written.
    const last = recordOf(rest, bootId);
    return last === null ? records : [...records, last];
  }
}

/**
 * A pipe in the place of the journal would keep everybody waiting.
 *
 * @throws Error with code `EISDIR` or `EINVAL`
 */
export function requireFile(status: Stats): void {
  if (status.isFile()) return;
  const [code, words] = status.isDirectory()
    ? ['EISDIR', 'it is a directory']
    : ['EINVAL', 'it is no regular file'];
  throw Object.assign(new Error(`${code}: ${words}`), { code });
}

/** Lines that name a boot, from an offset on; the journal may be larger than memory. */
function readLines(
  fd: number,
  from: number,
  bootId: string,
): { readonly lines: readonly string[]; readonly offset: number; readonly rest: string } {
  const lines: string[] = [];
  const part = Buffer.alloc(CHUNK);
  let offset = from;
  let line: Buffer[] = [];
  let length = 0;
  const take = (bytes: Buffer) => {
    length += bytes.length;
    // What is longer is no record; it only is not to fill the memory.
    if (length <= LONGEST) line.push(Buffer.from(bytes));
    else line = [];
  };
  const whole = () => {
    const bytes = Buffer.concat(line);
    line = [];
    length = 0;
    return bytes.includes(bootId) ? bytes.toString('utf8') : '';
  };
  for (let at = from; ; ) {
    const read = readSync(fd, part, 0, CHUNK, at);
    if (read === 0) return { lines, offset, rest: whole() };
    let start = 0;
    for (let end = part.indexOf(NEWLINE); end >= 0 && end < read; end = part.indexOf(NEWLINE, start)) {
      take(part.subarray(start, end));
      const text = whole();
      if (text !== '') lines.push(text);
      start = end + 1;
      offset = at + start;
    }
    take(part.subarray(start, read));
    at += read;
  }
}

function recordOf(line: string, bootId: string): JournalRecord | null {
  try {
    const record = line === '' ? null : readJournalRecord(JSON.parse(line));
    return record?.bootId === bootId ? record : null;
  } catch {
    return null;
  }
}
