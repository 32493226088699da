import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import type { World } from '@mprog/kernel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Journal } from './journal.js';
import type { JournalIntent } from './journal-record.js';

// Each record is synced to the disk, which a busy machine may take seconds for.
vi.setConfig({ testTimeout: 60_000 });

const intent: JournalIntent = {
  operation: 'attach',
  hook: 'tcx/ingress@eth0',
  netnsInode: '1',
  ifindex: 2,
  cgroupId: null,
  program: 97,
  object: null,
  digest: null,
  function: null,
  policyProgram: null,
  replaced: null,
  link: null,
  pin: null,
  revisionBefore: '1',
};
const result = { link: 7, revisionBefore: '1', revisionAfter: '2' };

describe('journal', () => {
  let root: string;
  let directory: string;
  let clock = 0;
  const journal = (bootId = 'boot-1') => new Journal(directory, { bootId, user: 'root' } as World, () => 0);
  const lines = () => readFileSync(journal().path, 'utf8').split('\n');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'mprog-journal-'));
    directory = root;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
  });

  test('there is none before the first change, and its directory is made', () => {
    directory = join(directory, 'a', 'b');
    expect(journal().read()).toEqual([]);
    journal().begin(intent);
    expect(readdirSync(directory)).toEqual(['journal.jsonl']);
  });

  test('keeps both records of a change under one entry', () => {
    const open = journal().begin(intent);
    journal().done(open, result);
    const failing = journal().begin(intent);
    journal().failed(failing, new MprogError('ESTALE', 'x'));
    expect(journal().read()).toMatchObject([
      { entry: open.entry, phase: 'before', ...intent, outcome: null, revisionAfter: null },
      { entry: open.entry, phase: 'after', ...intent, ...result, outcome: 'done', error: null },
      { entry: failing.entry, phase: 'before' },
      { entry: failing.entry, phase: 'after', outcome: 'failed', error: 'ESTALE', revisionAfter: null },
    ]);
    expect(journal().read()[0]).toMatchObject({
      version: 1,
      time: '1970-01-01T00:00:00.000Z',
      pid: process.pid,
    });
  });

  test('reads the records of this boot only', () => {
    journal('boot-1').begin(intent);
    journal('boot-2').begin(intent);
    expect(journal('boot-2').read()).toHaveLength(1);
  });

  test('passes over a torn last line, and the next record begins on a line of its own', () => {
    journal().begin(intent);
    const whole = readFileSync(journal().path, 'utf8');
    appendFileSync(journal().path, whole.slice(0, 40));
    expect(journal().read()).toHaveLength(1);
    journal().begin(intent);
    expect(journal().read()).toHaveLength(2);
    expect(lines()[1]).toBe(whole.slice(0, 40));
    expect(lines()).toHaveLength(4);
  });

  test('reads records of before digests were kept', () => {
    const { digest: _, function: __, policyProgram: ___, ...before } = intent;
    writeFileSync(
      journal().path,
      `${JSON.stringify({ version: 1, entry: 'e', phase: 'before', bootId: 'boot-1', time: '2026-01-01T00:00:00.000Z', user: 'root', pid: 1, ...before })}\n`,
    );
    expect(journal().read()).toMatchObject([
      { entry: 'e', digest: null, function: null, policyProgram: null },
    ]);
  });

  test('reads on where it was, whoever wrote since', () => {
    const [one, other] = [journal(), journal()];
    one.begin(intent);
    expect(other.read()).toHaveLength(1);
    one.begin(intent);
    const line = lines()[0]!;
    appendFileSync(one.path, line.slice(0, 30));
    expect(other.read()).toHaveLength(2);
    expect(other.read()).toHaveLength(2);
    appendFileSync(one.path, `${line.slice(30)}\n`);
    expect(other.read()).toHaveLength(3);
    expect(other.read()).toEqual(journal().read());
  });

  test('reads another file at its path from its beginning', () => {
    const one = journal();
    for (let n = 0; n < 3; n++) one.begin(intent);
    expect(one.read()).toHaveLength(3);
    const kept = `${lines()[0]}\n`;
    renameSync(one.path, `${one.path}.old`);
    expect(one.read()).toEqual([]);
    writeFileSync(one.path, kept);
    expect(one.read()).toHaveLength(1);
    writeFileSync(one.path, '');
    expect(one.read()).toEqual([]);
  });

  test('passes over lines that are no records', () => {
    writeFileSync(journal().path, 'boot-1\n"boot-1"\nnull boot-1\n{"bootId":"boot-1"}\n\n');
    journal().begin(intent);
    expect(journal().read()).toHaveLength(1);
  });

  describe('passes over a record that has not the form of one', () => {
    const member = {
      program: 97,
      name: 'fw',
      key: 'fw',
      kind: 'link',
      link: 7,
      pin: null,
      own: true,
      standIn: false,
    } as const;
    const plan = {
      group: 'g',
      command: 'apply',
      subject: 'p.yaml',
      strategy: 'overlap',
      before: [member],
      after: [member],
      steps: ['x'],
      attaches: [],
      detaches: [],
    } as const;
    beforeEach(() => void journal().begin({ ...intent, operation: 'plan', plan }));

    test.each<readonly [string, object]>([
      ['of another version', { version: 2 }],
      ['with a hook that is a number', { hook: 5 }],
      ['with a hook that is none', { hook: 'eth0' }],
      ['with a program that is a text', { program: '97' }],
      ['with a negative program', { program: -1 }],
      ['with a pin that is a number', { pin: 5 }],
      ['with an outcome that is none', { outcome: 'perhaps' }],
      ['with a user that is an object', { user: {} }],
      ...[5, null, [], {}].map(
        (value) => [`with the plan ${JSON.stringify(value)}`, { plan: value }] as const,
      ),
      ['with a group that is a number', { plan: { ...plan, group: 5 } }],
      ['with a strategy that is none', { plan: { ...plan, strategy: 'magic' } }],
      ['with members that are no list', { plan: { ...plan, before: 5 } }],
      ['with a member that is nothing', { plan: { ...plan, after: [null] } }],
      ['with a member of no kind', { plan: { ...plan, before: [{ ...member, kind: 'x' }] } }],
    ])('%s', (_, change) => {
      const [whole] = journal().read();
      appendFileSync(journal().path, `${JSON.stringify({ ...whole, entry: 'odd', ...change })}\n`);
      expect(journal().read()).toEqual([whole]);
    });

    test('and takes one that has', () => {
      const [whole] = journal().read();
      appendFileSync(journal().path, `${JSON.stringify({ ...whole, entry: 'good', more: 1 })}\n`);
      expect(journal().read()).toMatchObject([{ plan }, { entry: 'good', plan }]);
    });
  });

  test('reads one that is larger than a text may be', () => {
    journal().begin(intent);
    const [line = ''] = lines();
    // A hole in a file takes no place on the disk.
    truncateSync(journal().path, 600_000_000);
    appendFileSync(journal().path, `\n${line}\n`);
    expect(journal().read()).toHaveLength(2);
  });

  test('a journal that is no file is an error with the remedy', () => {
    directory = '/dev/null/x';
    const writing = () => journal().begin(intent);
    expect(writing).toThrowError(/write journal .*; every change is recorded first; name another/);
    directory = '/proc/nowhere';
    expect(writing).toThrowError(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('a directory that takes no lock is an error with the remedy, and nothing is done', () => {
    directory = '/dev/null/x';
    const action = vi.fn<() => void>();
    expect(() => journal().exclusively(action)).toThrowError(
      /lock journal .*; every change is recorded first; name another/,
    );
    expect(action).not.toHaveBeenCalled();
  });

  test('a pipe in its place keeps nobody waiting', ({ skip }) => {
    skip(spawnSync('mkfifo', [journal().path]).status !== 0, 'there is no mkfifo(1) to make a pipe');
    for (const action of [() => journal().read(), () => journal().begin(intent)]) {
      expect(action).toThrowError(expect.objectContaining({ code: 'EINVAL' }));
    }
  });

  test('one that cannot be read is an error', () => {
    mkdirSync(journal().path);
    expect(() => journal().read()).toThrowError(expect.objectContaining({ code: 'EISDIR' }));
  });

  test('a killed process blocks nobody, and what it left goes', async () => {
    const child = spawnNode(
      `import { takeLock } from ${module('../../../kernel/dist/simulated-file/file-lock.js')};
       takeLock(process.argv[1], 1000);
       process.kill(process.pid, 'SIGKILL');`,
      [`${journal().path}.lock`],
    );
    await ended(child);
    expect(readdirSync(directory)).not.toEqual([]);
    journal().begin(intent);
    expect(readdirSync(directory)).toEqual(['journal.jsonl']);
  });

  test('a lock that is no lock is an error, and no record is written', () => {
    vi.spyOn(performance, 'now').mockImplementation(() => clock++ * 60_000);
    writeFileSync(`${journal().path}.lock`, 'something');
    expect(() => journal().begin(intent)).toThrowError(expect.objectContaining({ code: 'EBUSY' }));
    expect(existsSync(journal().path)).toBe(false);
  });

  test('several processes append without losing or mixing a line', async () => {
    const script = `import { Journal } from ${module('../../dist/journal/journal.js')};
      const journal = new Journal(process.argv[1], { bootId: 'boot-1', user: 'root' }, () => 0);
      for (let i = 0; i < 25; i++) journal.begin(${JSON.stringify(intent)});`;
    const children = Array.from({ length: 3 }, () => spawnNode(script, [directory]));
    expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0]);
    expect(journal().read()).toHaveLength(75);
    expect(lines()).toHaveLength(76);
    expect(readdirSync(directory)).toEqual(['journal.jsonl']);
  });
});

function module(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href);
}

function spawnNode(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', script, ...args], { stdio: 'inherit' });
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.on('exit', resolve));
}
