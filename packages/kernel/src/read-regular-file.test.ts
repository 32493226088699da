import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip, MprogError } from '@mprog/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRegularFile } from './read-regular-file.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-read-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function refusal(path: string, limit: number = 1000): MprogError {
  try {
    readRegularFile(path, limit);
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('it was read');
}

test('a file is read whole, also one without a size and one behind a link', () => {
  const path = join(directory, 'file');
  for (const size of [0, 1, 4095, 4096, 4097, 9000]) {
    const bytes = new Uint8Array(size).fill(7);
    writeFileSync(path, bytes);
    expect(readRegularFile(path, 9000)).toEqual(bytes);
  }
  symlinkSync('file', join(directory, 'link'));
  expect(readRegularFile(join(directory, 'link'), 9000)).toHaveLength(9000);
  expect(readRegularFile('/proc/self/status', 1_000_000).length).toBeGreaterThan(100);
});

test('what is no regular file is refused and never waited for', () => {
  const pipe = join(directory, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  for (const path of [pipe, '/dev/zero', '/dev/null']) {
    expect(refusal(path)).toMatchObject({
      code: 'EINVAL',
      message: `read ${path}: it is no regular file (EINVAL)`,
    });
  }
  expect(refusal(directory)).toMatchObject({ code: 'EISDIR', data: { reason: 'it is a directory' } });
});

test('a file that is too large is refused before it is read', () => {
  const path = join(directory, 'large');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 40);
  expect(refusal(path)).toMatchObject({
    code: 'EFBIG',
    message: `read ${path}: it has more than 1000 bytes (EFBIG)`,
  });
  expect(refusal('/proc/self/status', 10).code).toBe('EFBIG');
});

test('every other refusal has its errno and words of its own', () => {
  symlinkSync('loop', join(directory, 'loop'));
  writeFileSync(join(directory, 'file'), '');
  const cases: readonly [string, string, string][] = [
    ['loop', 'ELOOP', 'its symbolic links lead in a circle'],
    ['none', 'ENOENT', 'there is no such file or directory'],
    ['file/below', 'ENOTDIR', 'a part of its path is no directory'],
    ['n'.repeat(300), 'ENAMETOOLONG', 'its name is too long'],
    ['a\0b', 'EINVAL', 'a path holds no NUL character'],
  ];
  for (const [name, code, reason] of cases) {
    const path = `${directory}/${name}`;
    expect(refusal(path)).toMatchObject({
      code,
      message: `read ${clip(path)}: ${reason} (${code})`,
      data: { reason, path },
    });
  }
});
