import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallTrace, traceBytes } from '../test/small-trace.js';
import { readTraceFile } from './read-trace.js';
import { type ReplayProgress, replayFiles, replayPassed } from './replay-files.js';
import { reportReplay } from './report.js';
import { locateTrace, shippedTraces } from './shipped-traces.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-conformance-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, lines: readonly unknown[]): string {
  const path = join(directory, name);
  writeFileSync(path, traceBytes(lines));
  return path;
}

const makeLaboratory = () => new SimulatedLaboratory();

test('good files pass, and the report is the closing line alone', () => {
  const summary = replayFiles([file('good', smallTrace()), file('again', smallTrace())], makeLaboratory);
  expect(replayPassed(summary)).toBe(true);
  expect(reportReplay(summary)).toBe('2 traces, 6 operations, 0 mismatches');
});

test('a mismatch fails the replay and is printed before the closing line', () => {
  const lines = smallTrace();
  lines[3].res = 'EINVAL';
  const path = file('different', lines);
  const summary = replayFiles([path], makeLaboratory);
  expect(replayPassed(summary)).toBe(false);
  expect(reportReplay(summary).split('\n')).toEqual([
    `${path}:4: read info of link bogus`,
    '  result: expected EINVAL',
    '               got EBADFD',
    '1 traces, 3 operations, 1 mismatches',
  ]);
});

test('bad files are failures, never passes, and the others are replayed all the same', () => {
  const missing = join(directory, 'missing');
  const [cgroup] = shippedTraces('cgroup') as [string];
  const paths = [file('cut', smallTrace().slice(0, 2)), cgroup, missing, file('fine', smallTrace())];
  const operations = readTraceFile(cgroup).header.ops;
  const progress: ReplayProgress[] = [];
  const summary = replayFiles(paths, makeLaboratory, { onProgress: (done) => progress.push(done) });
  expect(replayPassed(summary)).toBe(false);
  expect(reportReplay(summary).split('\n')).toEqual([
    `read trace ${paths[0]}:2: the header says 3 operations, the file has 1`,
    `read trace ${missing}: there is no such file (ENOENT)`,
    `2 traces, ${3 + operations} operations, 0 mismatches`,
  ]);
  expect(progress.map(({ done, total, result }) => [done, total, result?.operations])).toEqual([
    [1, 4, undefined],
    [2, 4, operations],
    [3, 4, undefined],
    [4, 4, 3],
  ]);
});

test('a replay of nothing does not pass', () => {
  expect(replayPassed(replayFiles([], makeLaboratory))).toBe(false);
});

test('the report shows ten mismatches of a file and counts the others', () => {
  const mismatch = (line: number) => ({
    file: 'f',
    line,
    operation: 'add clsact',
    differences: [{ what: 'result', expected: 'ok', got: 'EEXIST' }],
  });
  const mismatches = Array.from({ length: 12 }, (_, i) => mismatch(i + 2));
  const report = reportReplay({ traces: 1, operations: 20, mismatches, failures: [] }).split('\n');
  expect(report).toHaveLength(32);
  expect(report.slice(-2)).toEqual(['f: and 2 more mismatches', '1 traces, 20 operations, 12 mismatches']);
  const eleven = { traces: 1, operations: 20, mismatches: mismatches.slice(1), failures: [] };
  expect(reportReplay(eleven)).toContain('f: and 1 more mismatch\n');
});

test('every laboratory is closed, and what keeps one from opening ends the replay', () => {
  const opened: SimulatedLaboratory[] = [];
  replayFiles([file('one', smallTrace())], () => {
    opened.push(new SimulatedLaboratory());
    return opened[0]!;
  });
  expect(() => opened[0]!.host.world.devices()).toThrow('EBADF');
  const refuse = () => {
    throw new Error('no right');
  };
  expect(() => replayFiles([file('two', smallTrace())], refuse)).toThrow('no right');
});

test('a trace may be named by its path or, when it is a shipped one, by its name', () => {
  const [first] = shippedTraces('tcx') as [string];
  expect(locateTrace('tcx-001')).toBe(first);
  expect(locateTrace('tcx-001.jsonl.gz')).toBe(first);
  const own = file('tcx-own', smallTrace());
  expect(locateTrace(own)).toBe(own);
  expect(locateTrace('tcx-002')).toBe('tcx-002');
  expect(locateTrace('../package.json')).toBe('../package.json');
  expect(() => readTraceFile('tcx-002')).toThrow(
    /^read trace tcx-002: there is no such file \(ENOENT\); traces that come with mprog are tcx-001, tcx-003 … tcx-\d+ and cgroup-001, cgroup-003 … cgroup-\d+$/,
  );
});

test('no control character reaches the report', () => {
  const file = 'a\u001b[31m.jsonl';
  const difference = { what: 'result\u0007', expected: 'ok\u009b', got: 'no\u202e' };
  const mismatch = { file, line: 2, operation: 'attach\u001b', differences: [difference] };
  const report = reportReplay({
    traces: 1,
    operations: 1,
    mismatches: Array(12).fill(mismatch),
    failures: [{ file, error: new MprogError('EIO', `read trace ${file}: \u001b`) }],
  });
  expect(report.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(report).toContain('a\\u001b[31m.jsonl:2: attach\\u001b\n  result\\u0007: expected ok\\u009b\n');
  expect(report).toContain(
    'a\\u001b[31m.jsonl: and 2 more mismatches\nread trace a\\u001b[31m.jsonl: \\u001b\n',
  );
});
