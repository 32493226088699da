import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TcxModel } from '../test/tcx-model.js';
import { readTraceFile } from './read-trace.js';
import { replayOn } from './replay.js';
import { shippedTraces } from './shipped-traces.js';

describe('every shipped tcx trace agrees with the model of tcx in plain arrays', () => {
  test.each(shippedTraces('tcx').map((path) => [basename(path), path]))('%s', (_name, path) => {
    const trace = readTraceFile(path);
    expect(replayOn(trace, new TcxModel())).toEqual({ operations: trace.header.ops, mismatches: [] });
  });
});
