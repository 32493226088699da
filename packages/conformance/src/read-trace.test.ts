import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MprogError } from '@mprog/core';
import { describe, expect, test } from 'vitest';
import { type Line, smallTrace, traceBytes } from '../test/small-trace.js';
import { readTrace, readTraceFile } from './read-trace.js';
import { shippedTraces } from './shipped-traces.js';

const whole = traceBytes(smallTrace());

function failure(bytes: Uint8Array): MprogError {
  try {
    readTrace(bytes, 'bad.jsonl');
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('the bytes were read');
}

test('a plain trace and a gzip one read alike', () => {
  const plain = readTrace(whole, 'small');
  expect(readTrace(gzipSync(whole), 'small')).toEqual(plain);
  expect(plain.header).toMatchObject({ trace: 'tcx', seed: 7, ops: 3, progs: 4, kernel: '6.18' });
  expect(plain.steps.map(({ operation, observation }) => [operation.op, observation.res])).toEqual([
    ['attach', 'ok'],
    ['query', 'ok'],
    ['link_info', 'EBADFD'],
  ]);
});

test('the last line may lack its newline, and lines may end in CR LF', () => {
  const plain = readTrace(whole, 'small');
  expect(readTrace(whole.subarray(0, -1), 'small')).toEqual(plain);
  const text = new TextDecoder().decode(whole).replaceAll('\n', '\r\n');
  expect(readTrace(new TextEncoder().encode(text), 'small')).toEqual(plain);
});

test('every shipped trace is one: 100 of tcx, 50 of cgroup', () => {
  const read = (layer: 'tcx' | 'cgroup') => shippedTraces(layer).map((path) => readTraceFile(path).header);
  expect(read('tcx').map(({ trace }) => trace)).toEqual(Array(100).fill('tcx'));
  expect(read('cgroup').map(({ trace }) => trace)).toEqual(Array(50).fill('cgroup'));
});

describe('a file that is no trace ends in one error with file and line', () => {
  const gzipped = gzipSync(whole);
  const corrupted = Uint8Array.from(gzipped, (byte, i) => (i === 20 ? byte ^ 0xff : byte));
  const text = (content: string) => new TextEncoder().encode(content);
  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'bad.jsonl: the file is empty'],
    ['gzip of nothing', gzipSync(new Uint8Array(0)), 'bad.jsonl: the file is empty'],
    ['cut gzip', gzipped.subarray(0, -20), 'bad.jsonl: the gzip data is cut off'],
    ['gzip header alone', gzipped.subarray(0, 2), 'bad.jsonl: the gzip data is cut off'],
    ['damaged gzip', corrupted, 'bad.jsonl: the gzip data is damaged'],
    ['gzip bomb', gzipSync(new Uint8Array(65 * 1024 * 1024)), 'bytes when unpacked'],
    ['binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe), 'bad.jsonl: it is neither text nor gzip'],
    ['text', text('hello\n'), 'bad.jsonl:1: the line is not JSON'],
    [
      'other JSON',
      text('{"version":1}\n'),
      'bad.jsonl:1: the line is no header of a trace: trace is missing',
    ],
    ['a JSON array', text('[1]\n'), 'bad.jsonl:1: the line must be an object, not [1]'],
    [
      'a value nested deeper than the stack',
      text(`{"trace":"tcx","version":1,"seed":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`),
      // Whether it can be written out to be clipped depends on the version of Node.
      'bad.jsonl:1: seed must be an integer from 0 on, not [',
    ],
    ['null', text('null\n'), 'bad.jsonl:1: the line must be an object, not null'],
    ['an empty line', text(`${JSON.stringify(smallTrace()[0])}\n\n`), 'bad.jsonl:2: the line is not JSON'],
    ['a cut line', whole.subarray(0, -30), 'bad.jsonl:4: the line is not JSON'],
    [
      'too few lines',
      traceBytes(smallTrace().slice(0, 3)),
      'bad.jsonl:3: the header says 3 operations, the file has 2',
    ],
    [
      'too many lines',
      traceBytes([...smallTrace(), {}]),
      'bad.jsonl:5: the header says 3 operations, the file has 4',
    ],
  ])('%s', (_name, bytes, message) => {
    const error = failure(bytes);
    expect(error.code).toBe('ERR_INVALID_TRACE');
    expect(error.message).toContain(message);
    expect(error.data.file).toBe('bad.jsonl');
  });
});

describe('a line that is not what the format says names the field', () => {
  type Damage = (header: Line, attach: Line, query: Line, linkInfo: Line) => void;
  const cgroup = { rev: 1, list: [], flags: 0, eff: [] };
  test.each<[string, Damage, string]>([
    ['another layer', (h) => (h.trace = 'xdp'), ':1: trace must be one of tcx, cgroup, not "xdp"'],
    ['another version', (h) => (h.version = 2), ':1: version must be an integer from 1 to 1, not 2'],
    ['ops as text', (h) => (h.ops = '3'), ':1: ops must be an integer from 0 on, not "3"'],
    ['no programs', (h) => (h.progs = 0), ':1: progs must be an integer from 1 to 4096, not 0'],
    ['a huge number of programs', (h) => (h.progs = 1e9), ':1: progs must be'],
    ['no first state', (h) => delete h.q, ':1: q is missing'],
    ['hooks of another layer', (h) => (h.q = { A: cgroup, B: cgroup }), ':1: q.ingress is missing'],
    ['one hook too many', (h) => ((h.q as Line).A = cgroup), ':1: q.A is no field of the format here'],
    ['unknown operation', (_, a) => (a.op = 'explode'), ':2: op must be one of attach, detach'],
    ['missing operation', (_, a) => delete a.op, ':2: op is missing'],
    ['wrong index', (_, a) => (a.i = 5), ':2: i must be an integer from 0 to 0, not 5'],
    ['missing input', (_, a) => delete a.replace, ':2: replace is missing'],
    ['missing result', (_, a) => delete a.res, ':2: res is missing'],
    ['result that is no errno', (_, a) => (a.res = 'fine'), ':2: res must be ok or the name of an errno'],
    ['missing state', (_, a) => delete a.q, ':2: q is missing'],
    ['unknown field', (_, a) => (a.mood = 1), ':2: mood is no field of the format here'],
    ['unknown hook', (_, a) => (a.on = 'sideways'), ':2: on must be one of ingress, egress'],
    [
      'unknown flag',
      (_, a) => (a.flags = ['BEFORE', 'LATER']),
      ':2: an entry of flags must be names of flags, not "LATER"',
    ],
    ['flags as number', (_, a) => (a.flags = 8), ':2: flags must be names of flags, not 8'],
    ['flag of the prototype', (_, a) => (a.flags = ['toString']), ':2: an entry of flags'],
    ['program that is not there', (_, a) => (a.prog = 'p4'), ':2: prog must be one of p0 to p3, not "p4"'],
    ['no handle', (_, a) => (a.prog = 'q1'), ':2: prog must be a handle, not "q1"'],
    [
      'fraction as revision',
      (_, a) => (a.rev = { mode: '0', value: 0.5 }),
      ':2: rev.value must be an integer',
    ],
    [
      'revision above 2^53',
      (_, a) => (a.rev = { mode: '0', value: 2 ** 53 }),
      ':2: rev.value must be an integer',
    ],
    [
      'unknown mode',
      (_, a) => (a.rev = { mode: 'old', value: 1 }),
      ':2: rev.mode must be one of 0, exact, stale',
    ],
    ['relative without a kind', (_, a) => (a.rel = { by: 'fd' }), ':2: rel.kind is missing'],
    ['relative without an object', (_, a) => (a.rel = { kind: 'prog', by: 'fd' }), ':2: rel.ref is missing'],
    [
      'relative of another kind',
      (_, a) => (a.rel = { kind: 'link', by: 'fd', ref: 'p1' }),
      ':2: rel.ref must be a link handle',
    ],
    ['file by id', (_, a) => (a.rel = { kind: 'file', by: 'id' }), ':2: rel.by must be fd, not "id"'],
    [
      'list without links',
      (_, a) => (a.q = { ingress: { rev: 2, list: ['p0'] } }),
      ':2: an entry of q.ingress.list must be pairs',
    ],
    ['query without output', (_h, _a, q) => delete q.out, ':3: out is missing'],
    ['output without links', (_h, _a, q) => delete (q.out as Line).links, ':3: out.links is missing'],
    [
      'negative count',
      (_h, _a, q) => (q.count = -1),
      ':3: count must be an integer from 0 to 4294967295, not -1',
    ],
    [
      'output of a refused query',
      (_h, _a, q) => (q.res = 'EINVAL'),
      ':3: out is no field of the format here',
    ],
    ['link that is none', (_h, _a, _q, l) => (l.link = 'l'), ':4: link must be a handle, not "l"'],
    [
      'close of a program',
      (_h, _a, _q, l) => Object.assign(l, { op: 'link_close', link: 'p0' }),
      ':4: link must be a link handle or bogus',
    ],
    [
      'info that is missing',
      (_h, _a, _q, l) => Object.assign(l, { link: 'l0', res: 'ok' }),
      ':4: info is missing',
    ],
  ])('%s', (_name, damage, message) => {
    const lines = smallTrace();
    damage(...lines);
    const error = failure(traceBytes(lines));
    expect(error.code).toBe('ERR_INVALID_TRACE');
    expect(error.message).toContain(`read trace bad.jsonl${message}`);
    expect(error.data).toEqual({ file: 'bad.jsonl', line: Number(message.split(':')[1]) });
  });

  test('clsact in a cgroup trace', () => {
    const q = { A: cgroup, B: cgroup };
    const [header] = smallTrace();
    const error = failure(
      traceBytes([
        { ...header, trace: 'cgroup', ops: 1, q },
        { i: 0, op: 'clsact', present: true, res: 'ok', q },
      ]),
    );
    expect(error.message).toContain('bad.jsonl:2: op must be an operation of cgroup traces, not "clsact"');
  });
});

test('no control character of a file or its name reaches a message', () => {
  const header = { i: 0, op: '\u001b[2J\u009b\u202e' };
  const name = 'a\u001b]0;b\u0007\n.jsonl';
  for (const act of [
    () => readTrace(traceBytes([header]), name),
    () => readTrace(new Uint8Array(0), name),
    () => readTraceFile(`/nowhere/${name}`),
  ]) {
    expect(act).toThrow(/^read trace [^\p{Cc}\u202e]*a\\u001b\]0;b\\u0007\\u000a\.jsonl[^\p{Cc}\u202e]+$/u);
  }
});

describe('a file that cannot be read ends in one error with its path', () => {
  test('no such file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mprog-conformance-'));
    try {
      const path = join(directory, 'none.jsonl.gz');
      expect(() => readTraceFile(path)).toThrow(`read trace ${path}: there is no such file (ENOENT)`);
      expect(() => readTraceFile(directory)).toThrow('it is a directory; name the files in it (EISDIR)');
      expect(() => readTraceFile('/dev/zero')).toThrow(
        'read trace /dev/zero: it is no regular file (EINVAL)',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
