import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallTrace, traceBytes } from '../../conformance/test/small-trace.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { main } from './main.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-conformance-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function run(...words: string[]) {
  const terminal = recordedTerminal();
  const status = await main(['conformance', ...words], terminal);
  return { status, stdout: terminal.written(), stderr: terminal.complained() };
}

const simulated = ['--kernel', 'simulated'];

describe('conformance record', () => {
  test('writes a trace that replays, the same bytes each time', async () => {
    const [first, again] = [join(directory, 'a.jsonl.gz'), join(directory, 'b.jsonl.gz')];
    for (const path of [first, again]) {
      const recorded = await run(
        'record',
        '--seed',
        '7',
        '--ops',
        '30',
        '--layer',
        'cgroup',
        path,
        ...simulated,
      );
      expect(recorded).toEqual({
        status: 0,
        stdout: `recorded 37 operations on simulated 6.18 in ${path}\n`,
        stderr: '',
      });
    }
    expect(readFileSync(first)).toEqual(readFileSync(again));
    expect((await run('replay', first)).stdout).toMatch(/\n1 traces, 37 operations, 0 mismatches\n$/);
  });

  test('spec 4.2 "ID only": an fd in the place of an id names no program, as where ids are far above fds', async () => {
    const path = join(directory, 'fd-as-id.jsonl');
    const [header, attach] = smallTrace();
    const q = { ingress: { rev: 1, list: [] }, egress: { rev: 1, list: [] } };
    const misnamed = Array.from({ length: 4 }, (_, i) => ({
      ...attach,
      i,
      prog: 'p0',
      flags: ['BEFORE', 'ID'],
      rel: { kind: 'prog', by: 'fd', ref: `p${i}` },
      res: 'ENOENT',
      q,
    }));
    writeFileSync(path, traceBytes([{ ...header, ops: 4 }, ...misnamed]));
    expect((await run('replay', path)).stdout).toMatch(/\n1 traces, 4 operations, 0 mismatches\n$/);
  });

  test('answers in JSON', async () => {
    const path = join(directory, 'c.jsonl');
    const { stdout } = await run('record', '--seed', '0', '--ops', '1', path, ...simulated, '-o', 'json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      file: path,
      layer: 'tcx',
      seed: 0,
      operations: 8,
      kernel: 'simulated 6.18',
    });
  });

  test('writes over nothing', async () => {
    const path = join(directory, 'kept');
    writeFileSync(path, 'mine');
    const { status, stdout, stderr } = await run('record', '--seed', '1', path, ...simulated);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `mprog: write trace ${path}: there is such a file already; name another one or remove it (EEXIST)\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('what is wrong is said before anything is done', () => {
  test.each<[string[], number, RegExp]>([
    [['record', 'x'], 2, /--seed is missing/],
    [['record', '--seed', '1'], 2, /FILE is missing/],
    [['record', '--seed', '-1', 'x'], 2, /--seed/],
    [['record', '--seed', '1', '--layer', 'netkit', 'x'], 2, /tcx or cgroup, not "netkit"/],
    [
      ['record', '--seed', '9007199254740993', 'x', ...simulated],
      1,
      /--seed .* must be 0 to 9007199254740991/,
    ],
    [['record', '--seed', '1', '--ops', '0', 'x', ...simulated], 1, /--ops 0: it must be 1 to 100000/],
    [
      ['record', '--seed', '1', '/none/x', ...simulated],
      1,
      /write trace \/none\/x: there is no such directory/,
    ],
    [
      ['record', '--seed', '1', 'x', '--kernel', 'simulated:f'],
      2,
      /write --kernel simulated|takes linux or simulated/,
    ],
    [['fuzz'], 2, /--seeds is missing/],
    [['fuzz', '--seeds', '5..1'], 1, /A\.\.B with numbers A not above B/],
    [['fuzz', '--seeds', '1...3'], 1, /A\.\.B/],
    [['fuzz', '--seeds', 'all'], 1, /A\.\.B/],
    [['fuzz', '--seeds', '1..99999999999999999'], 1, /A\.\.B/],
    [['fuzz', '--seeds', '1', '--ops', '100001'], 1, /--ops 100001: it must be 1 to 100000/],
    [['fuzz', '--seeds', '1', '--layer', 'xdp'], 2, /tcx, cgroup or raw, not "xdp"/],
    [['fuzz', '--seeds', '1', ...simulated], 1, /always compares the two kernels/],
  ])('conformance %j', async (words, expected, reason) => {
    const { status, stdout, stderr } = await run(...words);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
    expect(stderr).toMatch(/^mprog: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(existsSync('x')).toBe(false);
  });
});

describe('a trace that was damaged is named with the place, and never counted as passed', () => {
  const whole = async () => {
    const path = join(directory, 'whole.jsonl');
    if (!existsSync(path)) await run('record', '--seed', '3', '--ops', '20', path, ...simulated);
    return readFileSync(path, 'utf8');
  };
  test.each<[string, (text: string) => string | Buffer, RegExp]>([
    ['cut in a line', (text) => text.slice(0, -10), /:28: the line is not JSON/],
    [
      'short of lines',
      (text) => `${text.split('\n').slice(0, 9).join('\n')}\n`,
      /the header says 27 operations, the file has 8/,
    ],
    ['cut gzip', (text) => gzipSync(text).subarray(0, 200), /the gzip data is cut off/],
    ['garbled gzip', (text) => gzipSync(text).fill(7, 40, 80), /the gzip data is damaged/],
    ['a bit off', (text) => text.replace('"op":"', '"op":"x'), /:2: op must be one of/],
    ['empty', () => '', /the file is empty/],
    ['without header', (text) => text.split('\n').slice(1).join('\n'), /no header of a trace/],
  ])('%s', async (name, damage, reason) => {
    const path = join(directory, `damaged ${name}`);
    writeFileSync(path, damage(await whole()));
    const { status, stdout } = await run('replay', path);
    expect(status).toBe(1);
    expect(stdout).toMatch(reason);
    expect(stdout).toMatch(/\n0 traces, 0 operations, 0 mismatches\n$/);
  });
});
