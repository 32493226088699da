import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, createReadStream, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textStream } from './text-stream.js';

const built = JSON.stringify(new URL('../dist/text-stream.js', import.meta.url).href);

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
    'to a full pipe that does not block stays in order',
    async ({ skip }) => {
      const path = join(directory, 'pipe');
      skip(spawnSync('mkfifo', [path]).status !== 0, 'there is no mkfifo(1) to make a pipe');
      const code = `
      import { constants, openSync } from 'node:fs';
      import { textStream } from ${built};
      const fd = openSync(${JSON.stringify(path)}, constants.O_WRONLY | constants.O_NONBLOCK);
      const never = () => { throw new Error('a stream was opened'); };
      const [stdout, stderr] = [textStream(fd, never), textStream(fd, never)];
      stdout.write('größe '.repeat(100_000));
      stderr.write('end');
      process.exit();`;
      const reader = createReadStream(path, { encoding: 'utf8', highWaterMark: 1000 });
      // It is open for reading when it is opened for writing.
      const keeper = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      await once(reader, 'open');
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
      child.on('close', () => closeSync(keeper));
      let text = '';
      for await (const part of reader) text += part;
      expect(text === `${'größe '.repeat(100_000)}end`).toBe(true);
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

  test.runIf(process.platform === 'linux').each([
    ['is told once', 'pipe', /^mprog: write the answer: ENOSPC[^\n]*\n$/],
    ['ends nothing where that cannot be told', 'full', /^$/],
  ] as const)('to a device without room %s', (_, to, told) => {
    const code = `
      import { textStream } from ${built};
      const { write } = textStream(1, () => process.stdout);
      write('one');
      write('two');
      await new Promise((resolve) => setTimeout(resolve));
      process.exit(3);`;
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', full, to === 'pipe' ? 'pipe' : full],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr ?? '').toMatch(told);
    expect(status).toBe(3);
  });

  test.runIf(process.platform === 'linux')('to a device without room is a failure', () => {
    const code = `
      import { textStream } from ${built};
      textStream(1, () => process.stdout).write('one');`;
    const full = openSync('/dev/full', 'w');
    const stdio = ['ignore', full, full] as const;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      stdio: [...stdio],
    });
    closeSync(full);
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
