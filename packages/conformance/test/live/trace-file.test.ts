import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { recordTrace, writeTraceFile } from '../../src/index.js';

liveSuite('trace files on a file system that is full', () => {
  test('what cannot be written whole is removed again', () => {
    using simulated = new SimulatedLaboratory();
    const trace = recordTrace({ layer: 'cgroup', seed: 1, ops: 200 }, simulated, 'recorded');
    const directory = mkdtempSync(join(tmpdir(), 'mprog-full-'));
    try {
      // Its mounts are private and gone with it.
      using _laboratory = openLinuxLaboratory();
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', directory]).status).toBe(0);
      for (const name of ['a.jsonl', 'b.jsonl']) {
        const path = join(directory, name);
        expect(() => writeTraceFile(path, trace)).toThrow(
          `write trace ${path}: the file system is full (ENOSPC)`,
        );
      }
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
