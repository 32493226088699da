import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CProgram } from './c-program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprog-compiler-'));
  vi.stubEnv('PATH', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function compilerThat(text: string): void {
  writeFileSync(join(folder, 'cc'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

describe('a C program', () => {
  it('is skipped without a compiler', () => {
    expect(CProgram.start('engine').skipped).toBe('no C compiler to compare with: there is no cc');
  });

  it('is skipped with the first error of a compiler that cannot build anything', () => {
    compilerThat("echo 'In file included from x' >&2; echo 'x:1: fatal error: no stdio.h' >&2; exit 1");
    expect(CProgram.start('engine').skipped).toBe(
      'no C compiler to compare with: x:1: fatal error: no stdio.h',
    );
  });

  it('fails when the compiler can build, and only this program cannot be', () => {
    compilerThat('case "$*" in *engine.c*) echo broken >&2; exit 1;; esac');
    expect(() => CProgram.start('engine')).toThrow('build engine.c: broken');
  });
});
