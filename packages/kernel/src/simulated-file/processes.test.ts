import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MprogError } from '@mprog/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawCalls } from '../../test/suites/raw-calls.js';
import { command } from '../index.js';
import { takeLock } from './file-lock.js';
import { openSimulatedFile } from './index.js';
import { ownIdentity } from './process-identity.js';

// Other processes cannot run TypeScript: they use what `tsc --build` made.
const built = new URL('../../dist/simulated-file/index.js', import.meta.url);
const suite = existsSync(fileURLToPath(built)) ? describe : describe.skip;
if (suite === describe.skip) console.log('processes on one state file: skipped, run `npm run build` first');

const prelude = `import { openSimulatedFile } from ${JSON.stringify(built.href)};
const host = openSimulatedFile(process.env.STATE, { create: true });
const { arena, bpf } = host.systemCall;
const attr = arena.reserve(168), code = arena.reserve(16), license = arena.reserve(8);
const put = (fields) => {
  arena.bytes.fill(0, attr, attr + 168);
  for (const [at, value] of fields) arena.view.setUint32(attr + at, value, true);
};
const call = (command, size, fields) => { put(fields); return bpf(command, arena.address(attr), size); };
const load = () => {
  arena.bytes.set([0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0], code);
  put([[0, 3], [4, 2]]);
  arena.setPointer(attr + 8, code);
  arena.setPointer(attr + 16, license);
  return bpf(5, arena.address(attr), 48);
};
`;

suite('processes on one state file', () => {
  let directory: string;
  let path: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-state-'));
    path = join(directory, 'host.json');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** Starts a process on the file; `script` sees host, call and load. */
  const start = (script: string): ChildProcess => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + script], {
      env: { ...process.env, STATE: path, NODE_EXTRA_CA_CERTS: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const output = (child: ChildProcess, word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      let text = '';
      child.stdout!.on('data', (data) => {
        text += String(data);
        if (text.includes(word)) resolve();
      });
      child.stderr!.on('data', (data) => {
        text += String(data);
      });
      child.on('exit', () =>
        text.includes(word) ? resolve() : reject(new Error(`ended without ${word}: ${text}`)),
      );
    });
  const ended = (child: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.on('exit', () => resolve());
    });

  test('the fds of a process that was killed are closed by whoever comes next', async () => {
    using host = openSimulatedFile(path, { create: true });
    const raw = new RawCalls(host);
    const device = host.shape.addDevice('eth0').ifindex;
    const child = start(`
      call(28, 64, [[0, load()], [4, ${device}], [8, 46]]);
      console.log('ready');
      setInterval(() => {}, 1000);
    `);
    await output(child, 'ready');
    expect(raw.query(device).count).toBe(1);
    child.kill('SIGKILL');
    await ended(child);
    expect(raw.query(device)).toMatchObject({ count: 0, revision: 1 });
    expect(raw.nextId(command.PROG_GET_NEXT_ID, 0)).toBe('ENOENT');
    expect(raw.nextId(command.LINK_GET_NEXT_ID, 0)).toBe('ENOENT');
  });

  test('an exit without close is a close', async () => {
    using host = openSimulatedFile(path, { create: true });
    const raw = new RawCalls(host);
    const device = host.shape.addDevice('eth0').ifindex;
    await ended(start(`call(28, 64, [[0, load()], [4, ${device}], [8, 46]]); process.exit(0);`));
    expect(raw.query(device).count).toBe(0);
  });

  test('processes that hammer one file lose no update', async () => {
    const PROCESSES = 3;
    const EACH = 20;
    openSimulatedFile(path, { create: true }).close();
    const all = Array.from({ length: PROCESSES }, (_, i) =>
      start(`for (let n = 0; n < ${EACH}; n++) host.shape.addDevice('d${i}-' + n);
        host.close(); console.log('done');`),
    );
    await Promise.all(all.map((child) => output(child, 'done')));
    using host = openSimulatedFile(path);
    const devices = host.world.devices();
    expect(devices).toHaveLength(PROCESSES * EACH + 1);
    expect(new Set(devices.map(({ ifindex }) => ifindex)).size).toBe(PROCESSES * EACH + 1);
  });

  test('threads of one process exclude one another as well', async () => {
    const EACH = 20;
    using host = openSimulatedFile(path, { create: true });
    const threads = [0, 1].map(
      (i) =>
        new Worker(
          `${prelude}for (let n = 0; n < ${EACH}; n++) host.shape.addDevice('t${i}-' + n); host.close();`,
          { eval: true, env: { STATE: path }, execArgv: ['--input-type=module'] },
        ),
    );
    for (let n = 0; n < EACH; n++) host.shape.addDevice(`m-${n}`);
    await Promise.all(
      threads.map(
        (thread) => new Promise((resolve, reject) => thread.on('exit', resolve).on('error', reject)),
      ),
    );
    expect(host.world.devices()).toHaveLength(3 * EACH + 1);
  });

  test('a kill at any point leaves the old state or the new one', async () => {
    const KILLS = 8;
    using host = openSimulatedFile(path, { create: true });
    let seen = 0;
    for (let round = 0; round < KILLS; round++) {
      const child = start(`
        console.log('ready');
        for (let n = 0; ; n++) { host.shape.addDevice('k${round}-' + n); host.shape.addCgroup('/k${round}-' + n); }
      `);
      await output(child, 'ready');
      // The moment of the kill wanders through the steps of a transaction by itself.
      const until = seen + 1 + (round % 3);
      while (host.world.devices().length <= until && child.exitCode === null);
      child.kill('SIGKILL');
      await ended(child);
      const devices = host.world.devices();
      const cgroups = host.world.cgroups();
      const added = devices.filter(({ name }) => name.startsWith(`k${round}-`)).length;
      const groups = cgroups.filter((cgroup) => cgroup.path.startsWith(`/k${round}-`)).length;
      expect(added - groups, `round ${round}`).toBeOneOf([0, 1]);
      expect(devices.length).toBeGreaterThan(seen);
      seen = devices.length;
    }
    // One more open sweeps what the killed ones left.
    openSimulatedFile(path).close();
    expect(readdirSync(directory)).toEqual(['host.json']);
  }, 60_000);

  test('a lock that a live process keeps is EBUSY after the time, naming the process', async () => {
    using host = openSimulatedFile(path, { create: true, lockTimeout: 20 });
    const child = start(`
      host.transact(() => { console.log('inside'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000); });
    `);
    await output(child, 'inside');
    const error = (() => {
      try {
        host.world.devices();
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(MprogError.is(error) && error.code).toBe('EBUSY');
    expect(error).toMatchObject({
      data: { pid: child.pid },
      message: expect.stringContaining(String(child.pid)),
    });
    child.kill('SIGKILL');
    await ended(child);
    expect(host.world.devices()).toHaveLength(1);
  });

  test('the lock of a process whose number went to another one is broken', () => {
    using host = openSimulatedFile(path, { create: true, lockTimeout: 20 });
    const other = { ...ownIdentity(), startTime: '1', nonce: '0'.repeat(24) };
    writeFileSync(`${path}.lock`, JSON.stringify(other));
    expect(host.world.devices()).toHaveLength(1);
    writeFileSync(
      `${path}.lock`,
      JSON.stringify({ ...ownIdentity(), bootId: 'another-boot', nonce: '1'.repeat(24) }),
    );
    expect(host.world.devices()).toHaveLength(1);
  });

  test('a dead lock whose breaker died as well is broken', () => {
    using host = openSimulatedFile(path, { create: true, lockTimeout: 20 });
    const dead = (nonce: string) => JSON.stringify({ ...ownIdentity(), startTime: '1', nonce });
    writeFileSync(`${path}.lock`, dead('a'.repeat(24)));
    writeFileSync(`${path}.lock.${'a'.repeat(24)}`, dead('b'.repeat(24)));
    expect(host.world.devices()).toHaveLength(1);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('a file in the place of the lock that is none is EBUSY in words, and stays', () => {
    using host = openSimulatedFile(path, { create: true, lockTimeout: 5 });
    writeFileSync(`${path}.lock`, 'mine');
    expect(() => host.world.devices()).toThrow(/is no lock of this program \(EBUSY\); remove it/);
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe('mine');
    rmSync(`${path}.lock`);
  });

  test('what killed processes leave beside the lock is swept by the next open', () => {
    openSimulatedFile(path, { create: true }).close();
    const gone = { ...ownIdentity(), startTime: '1', nonce: 'c'.repeat(24) };
    // No process has a number as large as this.
    for (const [name, text] of [
      [`lock.try.${gone.pid}.${'c'.repeat(24)}`, JSON.stringify(gone)],
      [`lock.try.4194305.${'d'.repeat(24)}`, ''],
      [`lock.${'e'.repeat(24)}`, JSON.stringify(gone)],
      [`lock.${'e'.repeat(24)}.try.4194305.${'f'.repeat(24)}`, '{'],
    ] as const) {
      writeFileSync(`${path}.${name}`, text);
    }
    writeFileSync(`${path}.lock.mine`, 'kept');
    openSimulatedFile(path).close();
    expect(readdirSync(directory).sort()).toEqual(['host.json', 'host.json.lock.mine']);
  });

  test('a fresh lock is never removed by one who meant to break the one before', () => {
    const lock = `${path}.lock`;
    const held = takeLock(lock, 5);
    expect(() => takeLock(lock, 5)).toThrow(/EBUSY/);
    held.release();
    takeLock(lock, 5).release();
    expect(readdirSync(directory)).toEqual([]);
  });
});
