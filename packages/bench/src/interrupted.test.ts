import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let folder: string;

beforeEach(({ skip }) => {
  skip(process.platform !== 'linux', 'there is no /proc to find a process in');
  folder = mkdtempSync(join(tmpdir(), 'mprog-interrupted-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Resolves when something was made in a folder. */
function filled(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, check);
    check();
    function check(): void {
      if (readdirSync(folder).length === 0) return;
      watcher.close();
      resolve();
    }
  });
}

describe('benchmarks that are interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('leave no files and no process after %s', async (signal) => {
    const child = spawn(process.execPath, [main, 'run'], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('## ')) break;
    await filled(join(folder, readdirSync(folder)[0]!));
    const [worker] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ');
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(folder)).toEqual([]);
    expect(() => process.kill(Number(worker), 0)).toThrow('ESRCH');
  });
});
