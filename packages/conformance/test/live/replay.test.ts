import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { expect, test } from 'vitest';
import { cgroupMount } from '../../../kernel/src/linux/cgroups.js';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { replayFiles } from '../../src/replay-files.js';
import { reportReplay } from '../../src/report.js';
import { shippedTraces } from '../../src/shipped-traces.js';

liveSuite('the running kernel', () => {
  const first = shippedTraces('tcx').slice(0, 10);
  const cgroups = shippedTraces('cgroup').slice(0, 10);
  test.each([...first, ...cgroups].map((path) => [basename(path), path]))('agrees with %s', (_name, path) => {
    expect(reportReplay(replayFiles([path], openLinuxLaboratory))).toMatch(
      /^1 traces, \d+ operations, 0 mismatches$/,
    );
  });

  test('agrees while somebody holds each link for a moment', async () => {
    const script = fileURLToPath(new URL('walk-links.mjs', import.meta.url));
    const walker = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(walker.stdout, 'data');
      const traces = [...first, ...cgroups];
      expect(reportReplay(replayFiles(traces, openLinuxLaboratory))).toContain(', 0 mismatches');
    } finally {
      walker.stdin.end();
      await once(walker, 'exit');
    }
  });

  test('a replay leaves no fd and no cgroup behind and the thread in the namespace that it was in', () => {
    const held = () => ({
      cgroups: readdirSync(cgroupMount()).filter((name) => name.startsWith(`mprog-${process.pid}-`)),
      fds: readdirSync('/proc/self/fd').length,
      namespace: readlinkSync('/proc/thread-self/ns/net'),
    });
    // What is opened once for good, like the library that makes the calls, is open after the first replay.
    const one = [...first.slice(0, 1), ...cgroups.slice(0, 1)];
    replayFiles(one, openLinuxLaboratory);
    const before = held();
    expect(before.cgroups).toEqual([]);
    replayFiles(one, openLinuxLaboratory);
    expect(held()).toEqual(before);
  });
});
