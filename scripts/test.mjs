// Runs every suite that this machine can run, says in a line each which it could not and why, and closes with
// `N passed, N failed, N skipped`. Arguments go to vitest (`npm test -- packages/core`).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = `${root}node_modules/vitest/vitest.mjs`;
const reporters = ['default'];
const args = [
  'run',
  ...reporters.map((name) => `--reporter=${name}`),
  `--reporter=${root}scripts/closing-reporter.mjs`,
];

const { status, signal } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = signal === null ? (status ?? 1) : 1;
