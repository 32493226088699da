import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textStream } from './text-stream.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-stream-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A stream of the process that remembers what it was given. */
function stream(isTTY: boolean, columns?: number) {
  const texts: string[] = [];
  const fake = {
    isTTY,
    columns,
    on: () => fake,
    write: (text: string | Uint8Array) => texts.push(Buffer.from(text).toString()),
  };
  return { texts, open: () => fake as unknown as NodeJS.WriteStream };
}

function neverOpened(): NodeJS.WriteStream {
  throw new Error('the stream of the process was opened');
}

describe('writing', () => {
  test('to a file needs no stream', () => {
    const path = join(directory, 'file');
    const fd = openSync(path, 'w');
    const { isTerminal, columns, write } = textStream(fd, neverOpened);
    write('größe\n');
    write('…\n');
    closeSync(fd);
    expect({ isTerminal, columns }).toEqual({ isTerminal: false, columns: Number.POSITIVE_INFINITY });
    expect(readFileSync(path, 'utf8')).toBe('größe\n…\n');
  });

  test.runIf(process.platform === 'linux')(
    'to a pipe that is full goes on by way of the stream',
    ({ skip }) => {
      const path = join(directory, 'pipe');
      skip(spawnSync('mkfifo', [path]).status !== 0, 'there is no mkfifo(1) to make a pipe');
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      try {
        const room = Buffer.alloc(1024);
        expect(() => {
          for (;;) writeSync(fd, room);
        }).toThrow('EAGAIN');
        for (let at = 0; at < 8; at++) readSync(fd, room);
        const { texts, open } = stream(false);
        const { write } = textStream(fd, open);
        const text = 'größe '.repeat(4000);
        write(text);
        write('end');
        const rest = texts.join('');
        expect(rest.endsWith('end')).toBe(true);
        // It continues in the middle of the text, at a page.
        expect(Buffer.byteLength(text) + 3 - Buffer.byteLength(rest)).toBeGreaterThan(0);
        expect(text.endsWith(rest.slice(1, -3))).toBe(true);
      } finally {
        closeSync(fd);
      }
    },
  );

  test('to a terminal goes by way of the stream', ({ skip }) => {
    const fd = openTerminal();
    skip(fd === null, 'there is no /dev/ptmx to open a terminal');
    const { texts, open } = stream(true, 132);
    const terminal = textStream(fd as number, open);
    terminal.write('text');
    expect(terminal).toMatchObject({ isTerminal: true, columns: 132 });
    expect(texts).toEqual(['text']);
    closeSync(fd as number);
  });

  test.runIf(process.platform === 'linux')('to a device without room is told once', () => {
    const code = `
      import { textStream } from ${JSON.stringify(new URL('../dist/text-stream.js', import.meta.url).href)};
      const { write } = textStream(1, () => process.stdout);
      write('one');
      write('two');`;
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toMatch(/^mprog: write the answer: ENOSPC[^\n]*\n$/);
    expect(status).toBe(1);
  });
});

function openTerminal(): number | null {
  try {
    return openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return null;
  }
}
