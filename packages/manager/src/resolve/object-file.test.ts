import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../context.js';
import { chooseProgram } from './object-file.js';

describe('an object file', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-object-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  /** Nothing of the host is asked before the file is read. */
  const choose = (path: string) => chooseProgram({} as Context, path, null, 'attach x');

  test.each(['/dev/zero', '/dev/null', '/dev/tty'])('%s is refused without waiting', (device) => {
    const path = join(directory, 'x.o');
    symlinkSync(device, path);
    expect(() => choose(path)).toThrowError(
      expect.objectContaining({
        code: expect.stringMatching(/^(EINVAL|ENXIO)$/),
        message: expect.stringContaining('attach x'),
      }),
    );
  });

  test('a link to itself and a path below a file are refused in words', () => {
    const loop = join(directory, 'loop.o');
    symlinkSync(loop, loop);
    expect(() => choose(loop)).toThrowError(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => choose(loop)).not.toThrowError(/, open/);
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(() => choose(`${file}/x.o`)).toThrowError(expect.objectContaining({ code: 'ENOTDIR' }));
  });
});
