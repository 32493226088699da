// The entry of the bundle: runs every test file in it and tells what came of them.

// The bundler puts them there: loaders of test files by their paths.
import { files } from 'virtual:test-files';
import { startTests } from '@vitest/runner';
import { getFullName, getTests } from '@vitest/runner/utils';
import { limits } from './limits.mjs';

const config = {
  root: '',
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  get testTimeout() {
    return limits.testTimeout;
  },
  hookTimeout: 60_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: true,
};

/** Counts and failures of all files. */
export async function run() {
  const runner = { config, importFile: (path) => files[path](), onTaskUpdate() {} };
  const ran = await startTests(Object.keys(files), runner);
  const result = { passed: 0, failed: 0, skipped: 0, failures: [], reasons: {} };
  const fail = (name, errors) => {
    result.failed++;
    result.failures.push(
      `${name}\n${(errors ?? []).map((error) => error.stack ?? error.message).join('\n')}`,
    );
  };
  for (const file of ran) {
    if (file.result?.state === 'fail' && getTests(file).length === 0) fail(file.name, file.result.errors);
    for (const test of getTests(file)) {
      if (test.result?.state === 'pass') result.passed++;
      else if (test.result?.state === 'fail') fail(getFullName(test), test.result.errors);
      else {
        result.skipped++;
        const reason = test.result?.note ?? 'no reason given';
        result.reasons[reason] = (result.reasons[reason] ?? 0) + 1;
      }
    }
  }
  return result;
}
