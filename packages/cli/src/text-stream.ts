import { fstatSync, writeSync } from 'node:fs';
import type { TextStream } from './terminal.js';

/** How long a writer sleeps where a pipe is full; a pipe holds 64 KiB, so that is no bound that anybody meets. */
const MILLISECONDS_TO_A_READER = 1;

/**
 * Writes to stdout or stderr.
 *
 * A pipe or a file is written to by its fd, because the stream of the process takes a twentieth of a start-up to be made;
 * it is made for everything else. A reader that went away (`mprog ls | head -1`) ends the output, not the command, and so
 * does a full disk.
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
        if (isDirect()) writeDirectly(fd, text);
        else opened().write(text);
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

/** Waits for the reader of a full pipe also where that does not block, so that what goes into it stays in order. */
function writeDirectly(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MILLISECONDS_TO_A_READER);
    }
  }
}

/** A full disk behind `>` is told once, where there is still a place to tell it. */
function failWriting({ message }: Error): void {
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
  try {
    writeDirectly(2, `mprog: write the answer: ${message}\n`);
  } catch {
    // The exit status tells it.
  }
}
