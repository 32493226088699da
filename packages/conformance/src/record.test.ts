import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatTrace, requireWritableTrace, writeTraceFile } from './format-trace.js';
import { parseTrace } from './parse-trace.js';
import { readTraceFile } from './read-trace.js';
import { recordTrace } from './record.js';
import { replay } from './replay.js';
import type { Trace, TraceLayer } from './trace.js';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-record-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function record(layer: TraceLayer, seed: number, ops: number = 120): Trace {
  using laboratory = new SimulatedLaboratory();
  return recordTrace({ layer, seed, ops }, laboratory, 'recorded');
}

const bytes = (layer: TraceLayer, seed: number) => formatTrace(record(layer, seed));

describe.each(['tcx', 'cgroup'] as const)('a recorded %s sequence', (layer) => {
  test('is a function of the seed: the same bytes again, others for another seed', () => {
    for (const seed of [0, 2 ** 40]) expect(bytes(layer, seed)).toBe(bytes(layer, seed));
    expect(bytes(layer, 1)).not.toBe(bytes(layer, 2));
  });

  test('can be read again and replays without a mismatch', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const trace = parseTrace(bytes(layer, seed), 'recorded');
      using laboratory = new SimulatedLaboratory();
      expect(replay(trace, laboratory)).toEqual({ operations: trace.header.ops, mismatches: [] });
    }
  });

  test('has so many operations and a tail in which the target goes', () => {
    const { header, steps } = record(layer, 3, 40);
    expect(steps.findIndex(({ operation }) => operation.op === 'target_remove')).toBe(40);
    expect(header.ops).toBe(47);
  });

  test('reaches every operation and both ends of success, over some seeds', () => {
    const reached = new Set<string>();
    let ok = 0;
    let all = 0;
    for (let seed = 1; seed <= 24; seed++) {
      for (const { operation, observation } of record(layer, seed).steps) {
        reached.add(`${operation.op} ${observation.res}`);
        all++;
        if (observation.res === 'ok') ok++;
      }
    }
    const wanted = {
      tcx: [
        'attach ERANGE',
        'attach EEXIST',
        'attach EBUSY',
        'detach EBUSY',
        'link_update ENOLINK',
        'clsact ok',
      ],
      cgroup: [
        'attach EPERM',
        'attach E2BIG',
        'attach EINVAL',
        'detach ENOENT',
        'link_create EINVAL',
        'query ok',
      ],
    }[layer];
    expect(wanted.filter((outcome) => !reached.has(outcome))).toEqual([]);
    expect(ok / all).toBeGreaterThan(0.4);
    expect(ok / all).toBeLessThan(0.9);
  });
});

describe('a trace file', () => {
  test('is plain or compressed by its name, and the same bytes each time', () => {
    const trace = record('tcx', 5);
    const [plain, packed, again] = ['a.jsonl', 'a.jsonl.gz', 'b.jsonl.gz'].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    for (const path of [plain, packed, again]) writeTraceFile(path, trace);
    expect(readFileSync(packed)).toEqual(readFileSync(again));
    expect(gunzipSync(readFileSync(packed))).toEqual(readFileSync(plain));
    expect(readTraceFile(packed).steps).toEqual(readTraceFile(plain).steps);
  });

  test('is never written over, and nothing is left by a refusal', () => {
    const path = join(directory, 'kept');
    writeFileSync(path, 'mine');
    const reason = `write trace ${path}: there is such a file already; name another one or remove it (EEXIST)`;
    expect(() => requireWritableTrace(path)).toThrow(reason);
    expect(() => writeTraceFile(path, record('tcx', 1, 1))).toThrow(reason);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    const nowhere = join(directory, 'none', 'a.jsonl');
    expect(() => requireWritableTrace(nowhere)).toThrow('there is no such directory (ENOENT)');
    for (const [bad, code] of [
      [directory, 'EEXIST'],
      [`${directory}/`, 'EISDIR'],
      [join(path, 'below'), 'ENOTDIR'],
      [join(directory, 'x'.repeat(300)), 'ENAMETOOLONG'],
    ] as const) {
      expect(() => requireWritableTrace(bad)).toThrow(new RegExp(`: [^:/]+ \\(${code}\\)$`));
    }
    const free = join(directory, 'free');
    requireWritableTrace(free);
    expect(existsSync(free)).toBe(false);
  });

  test('is not written for a trace that could not be read again', () => {
    const trace = record('cgroup', 1, 1);
    const header = {
      ...trace.header,
      q: { ...trace.header.q, A: { rev: 1, list: [], flags: 0, eff: ['program id 7'] } },
    };
    const path = join(directory, 'foreign');
    expect(() => writeTraceFile(path, { ...trace, header })).toThrow(/q\.A\.eff must be programs/);
    expect(existsSync(path)).toBe(false);
  });
});
