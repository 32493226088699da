import { fstatSync, writeSync } from 'node:fs';
import type { TextStream } from './terminal.js';

/**
 * Writes to stdout or stderr.
 *
 * A pipe or a file is written to by its fd, because the stream of the process takes a twentieth of a start-up to be made;
 * it is made for everything else, and when a pipe that does not block is full. A reader that went away
 * (`mprog ls | head -1`) ends the output, not the command.
 *
 * @param fd 1 or 2
 * @param open gives the stream of the process for it
 */
export function textStream(fd: number, open: () => NodeJS.WriteStream): TextStream {
  let direct: boolean | undefined;
  const isDirect = (): boolean => {
    direct ??= isPipeOrFile(fd);
    return direct;
  };
  let stream: NodeJS.WriteStream | undefined;
  let gone = false;
  const fail = (error: NodeJS.ErrnoException): void => {
    if (!gone && error.code !== 'EPIPE') failWriting(error);
    gone = true;
  };
  const opened = (): NodeJS.WriteStream => {
    stream ??= open().on('error', fail);
    return stream;
  };
  return {
    get isTerminal() {
      return !isDirect() && opened().isTTY === true;
    },
    get columns() {
      return this.isTerminal ? opened().columns || 80 : Number.POSITIVE_INFINITY;
    },
    write(text) {
      if (gone) return;
      try {
        const rest = stream === undefined && isDirect() ? writeDirectly(fd, text) : text;
        if (rest.length > 0) opened().write(rest);
      } catch (error) {
        fail(error as NodeJS.ErrnoException);
      }
    },
  };
}

/** What each of them is does not change while the process lives. */
function isPipeOrFile(fd: number): boolean {
  try {
    // With numbers, Node 20 would remember a pipe, and for that stop to follow symbolic links of packages to be loaded.
    const found = fstatSync(fd, { bigint: true });
    // Null and the like are devices of major number 1 on Linux.
    const isMemory = found.isCharacterDevice() && process.platform === 'linux' && found.rdev >> 8n === 1n;
    return found.isFIFO() || found.isSocket() || found.isFile() || isMemory;
  } catch {
    return false;
  }
}

/** Returns what a pipe that does not block has no room for. */
function writeDirectly(fd: number, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return bytes.subarray(done);
}

/** A full disk behind `>` is told once; the command has done what it did by then. */
function failWriting({ message }: Error): void {
  process.stderr.write(`mprog: write the answer: ${message}\n`);
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
}
