import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (!holds()) {
    if (performance.now() > deadline) expect.fail(`after ${PATIENCE_MILLISECONDS} ms not yet: ${what}`);
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

  test('a recorder that is killed leaves nothing behind', async () => {
    const file = join(directory, 'a.jsonl');
    const { pid, ended } = start('record', '--seed', '1', '--ops', '100000', '--layer', 'cgroup', file);
    await until('the recorder has its cgroups', () => cgroupsOf(pid).length > 0);
    const namespace = namespaceOf(pid)!;
    const helpers = childrenOf(pid);
    expect(namespace).not.toBe(namespaceOf('self'));
    expect(helpers).toHaveLength(1);
    process.kill(pid, 'SIGKILL');
    await ended;
    await until('cgroups and helper are gone', () => cgroupsOf(pid).length === 0 && !helpers.some(isAlive));
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

  test('a replay that is killed leaves no cgroup behind', async () => {
    const traces = Array(200).fill('cgroup-001');
    const { pid, ended } = start('replay', '--kernel', 'linux', ...traces);
    await until('the replay has its cgroups', () => cgroupsOf(pid).length > 0);
    const helpers = childrenOf(pid);
    expect(helpers).toHaveLength(1);
    process.kill(pid, 'SIGKILL');
    await ended;
    await until('cgroups and helper are gone', () => cgroupsOf(pid).length === 0 && !helpers.some(isAlive));
  });

  test('without cgroups every command that needs them says so in one line, and the others work', () => {
    const hidden = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none "$0" && exec "$@"', cgroupMount()];
    const file = join(directory, 'a.jsonl');
    const record = ['conformance', 'record', file, '--seed', '1', '--ops', '5'];
    for (const words of [
      [...record, '--layer', 'cgroup'],
      ['conformance', 'fuzz', '--seeds', '1', '--layer', 'cgroup'],
      ['conformance', 'fuzz', '--seeds', '1', '--layer', 'raw'],
      ['conformance', 'replay', '--kernel', 'linux', 'cgroup-001'],
      ['show', 'cgroup/inet_egress@/app', '--state', directory],
    ]) {
      const { status, stderr } = runCommand(words, hidden);
      expect(stderr).toMatch(/^mprog: [^\n]*no cgroup2 file system is mounted \(ENOENT\)[^\n]*\n$/);
      expect(status).toBe(1);
    }
    expect(existsSync(file)).toBe(false);
    for (const words of [record, ['conformance', 'replay', '--kernel', 'linux', 'tcx-001']]) {
      expect(runCommand(words, hidden)).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('without /proc each says what it cannot open, in one line', () => {
    const hidden = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$0" "$@"'];
    const file = join(directory, 'a.jsonl');
    for (const words of [
      ['record', file, '--seed', '1'],
      ['record', file, '--seed', '1', '--layer', 'cgroup'],
      ['fuzz', '--seeds', '1'],
      ['replay', '--kernel', 'linux', 'tcx-001'],
    ]) {
      const { status, stderr } = runCommand(['conformance', ...words], hidden);
      expect(stderr).toMatch(/^mprog: open \/proc\/thread-self\/ns\/net: [^\n]* \(ENOENT\)\n$/);
      expect(status).toBe(1);
    }
    expect(existsSync(file)).toBe(false);
  });

  test('without the rights each says what is missing, and names what does without only where there is such', ({
    skip,
  }) => {
    skip(spawnSync('setpriv', ['--version']).status !== 0, 'setpriv is not installed');
    const none = ['setpriv', '--bounding-set', '-all'];
    const file = join(directory, 'a.jsonl');
    for (const [words, remedy] of [
      [['record', file, '--seed', '1'], '; --kernel simulated records the simulated one'],
      [['fuzz', '--seeds', '1'], ''],
      [['replay', '--kernel', 'linux', 'tcx-001'], '; without --kernel the simulated kernel is used'],
    ] as const) {
      const { status, stdout, stderr } = runCommand(['conformance', ...words], none);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^mprog: open a private namespace: needs CAP_SYS_ADMIN[^\n]* \(EPERM\)/);
      expect(stderr.slice(stderr.indexOf('(EPERM)') + 7)).toBe(`${remedy}\n`);
    }
    expect(existsSync(file)).toBe(false);
  });

  test('a raw run that is killed leaves nothing behind, though its calls are made by another process', async () => {
    const { pid, output, ended } = start('fuzz', '--seeds', '1..1000000', '--layer', 'raw', '--ops', '30');
    await until('it has its cgroups', () => childrenOf(pid).some((maker) => cgroupsOf(maker).length > 0));
    const [worker] = childrenOf(pid) as [number];
    const involved = [worker, ...childrenOf(worker)];
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(output.stderr).toBe('');
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
