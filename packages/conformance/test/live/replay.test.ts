import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { replayFiles } from '../../src/replay-files.js';
import { reportReplay } from '../../src/report.js';
import { shippedTraces } from '../../src/shipped-traces.js';

liveSuite('the running kernel', () => {
  const first = shippedTraces('tcx').slice(0, 10);
  test.each(first.map((path) => [basename(path), path]))('agrees with %s', (_name, path) => {
    expect(reportReplay(replayFiles([path], openLinuxLaboratory))).toMatch(
      /^1 traces, \d+ operations, 0 mismatches$/,
    );
  });

  test('a replay leaves no fd behind and the thread in the namespace that it was in', () => {
    const held = () => ({
      fds: readdirSync('/proc/self/fd').length,
      namespace: readlinkSync('/proc/thread-self/ns/net'),
    });
    // What is opened once for good, like the library that makes the calls, is open after the first replay.
    replayFiles(first.slice(0, 1), openLinuxLaboratory);
    const before = held();
    replayFiles(first.slice(0, 1), openLinuxLaboratory);
    expect(held()).toEqual(before);
  });
});
