import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cgroupMount } from '@mprog/kernel/linux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { commandPath, runCommand } from '../run-command.js';

/** Longer than a busy machine takes, and shorter than the limit of a test, so that a failure says what was awaited. */
const PATIENCE_MILLISECONDS = 50_000;

/** Waits until something holds; the test fails when it does not come to hold. */
async function until(
  what: string,
  holds: () => boolean,
  milliseconds: number = PATIENCE_MILLISECONDS,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) expect.fail(`after ${milliseconds} ms not yet: ${what}`);
    await wait(10);
  }
}

const cgroupsOf = (pid: number) =>
  readdirSync(cgroupMount()).filter((name) => name.startsWith(`mprog-${pid}-`));
const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
const namespaceOf = (pid: number | string): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
};
const processesIn = (namespace: string) =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace);

liveSuite('conformance record and fuzz on the running kernel', () => {
  let directory: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-conformance-'));
  });
  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  function start(...words: string[]) {
    const started = spawn(process.execPath, [commandPath, 'conformance', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const output = { stdout: '', stderr: '' };
    started.stdout.on('data', (text) => (output.stdout += text));
    started.stderr.on('data', (text) => (output.stderr += text));
    const ended = new Promise<number | null>((resolve) => started.on('close', resolve));
    return { pid: started.pid!, output, ended };
  }

  test('a recorder that is killed leaves nothing behind after two seconds', async () => {
    const file = join(directory, 'a.jsonl');
    const { pid, ended } = start('record', '--seed', '1', '--ops', '100000', '--layer', 'cgroup', file);
    await until('the recorder has its cgroups', () => cgroupsOf(pid).length > 0);
    const namespace = namespaceOf(pid)!;
    const helpers = childrenOf(pid);
    expect(namespace).not.toBe(namespaceOf('self'));
    expect(helpers).toHaveLength(1);
    process.kill(pid, 'SIGKILL');
    await ended;
    await until(
      'cgroups and helper are gone',
      () => cgroupsOf(pid).length === 0 && !helpers.some(isAlive),
      2000,
    );
    expect(processesIn(namespace)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  test.each(['cgroup', 'raw'])(
    'an interrupted %s run says how far it came and leaves nothing behind',
    async (layer) => {
      const { pid, output, ended } = start('fuzz', '--seeds', '1..1000000', '--layer', layer, '--ops', '30');
      const makers = () => (layer === 'cgroup' ? [pid] : childrenOf(pid));
      await until('it has its cgroups', () => makers().some((maker) => cgroupsOf(maker).length > 0));
      const involved = [pid, ...childrenOf(pid), ...childrenOf(pid).flatMap(childrenOf)];
      process.kill(pid, 'SIGINT');
      expect(await ended).toBe(1);
      expect(output.stderr).toBe('');
      expect(output.stdout).toMatch(
        new RegExp(
          `^interrupted by SIGINT at seed \\d+ of ${layer}, before it was done\n\\d+ sequences, \\d+ operations, 0 mismatches\n$`,
        ),
      );
      const left = () => involved.filter(isAlive).length + involved.flatMap(cgroupsOf).length;
      await until('nothing is left', () => left() === 0);
    },
  );

  test('a raw run that is killed leaves nothing behind, though its calls are made by another process', async () => {
    const { pid, ended } = start('fuzz', '--seeds', '1..1000000', '--layer', 'raw', '--ops', '30');
    await until('it has its cgroups', () => childrenOf(pid).some((maker) => cgroupsOf(maker).length > 0));
    const [worker] = childrenOf(pid) as [number];
    const involved = [worker, ...childrenOf(worker)];
    process.kill(pid, 'SIGKILL');
    await ended;
    const left = () => involved.filter(isAlive).length + involved.flatMap(cgroupsOf).length;
    await until('nothing is left', () => left() === 0);
  });

  test('when the process that makes raw calls is killed, the command says so and its cgroups go', async () => {
    const { pid, output, ended } = start('fuzz', '--seeds', '1..1000000', '--layer', 'raw', '--ops', '30');
    await until('it has its cgroups', () => childrenOf(pid).some((maker) => cgroupsOf(maker).length > 0));
    const [worker] = childrenOf(pid) as [number];
    process.kill(worker, 'SIGKILL');
    expect(await ended).toBe(1);
    expect(output.stderr).toMatch(
      /^mprog: run raw calls: the process that makes them ended with SIGKILL \(EIO\)\n$/,
    );
    await until('nothing is left', () => cgroupsOf(worker).length === 0);
  });

  test('every layer passes, with one line of counts', () => {
    const { status, stdout, stderr } = runCommand([
      'conformance',
      'fuzz',
      '--seeds',
      '11..12',
      '--ops',
      '20',
    ]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^6 sequences, \d+ operations, 0 mismatches\n$/);
    expect(status).toBe(0);
  });
});
