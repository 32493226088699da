// Checks everything about the project that is not a test: format and lint, types of sources and tests, what is exported
// and used, and whether the packages would work once published. One line each; a failure shows what the tool said.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];

const checks = [
  ['format and lint', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['build', 'npm', ['run', 'build']],
  ['types of the tests', bin('tsc'), ['--project', 'tsconfig.test.json']],
  ['table of the specification', process.execPath, [`${root}scripts/specification-coverage.mjs`, '--check']],
  ['unused files, exports and dependencies', bin('knip'), ['--no-progress']],
  ...packages.map((name) => [`publint of ${name}`, bin('publint'), ['--strict', `packages/${name}`]]),
  ...packages.map((name) => [`types as published of ${name}`, () => arethetypeswrong(name)]),
];

let failed = 0;
for (const [name, program, args] of checks) {
  const { status, output } = typeof program === 'function' ? program() : run(program, args);
  if (status !== 0) {
    failed++;
    process.stdout.write(`${output.trimEnd()}\n`);
  }
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
}
process.stdout.write(`\n${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function run(program, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: status ?? 1, output: error === undefined ? `${stdout}${stderr}` : String(error), stdout };
}

function arethetypeswrong(name) {
  const folder = mkdtempSync(join(tmpdir(), 'mprog-pack-'));
  try {
    const packed = run(
      'npm',
      ['pack', '--loglevel=error', '--pack-destination', folder],
      `${root}packages/${name}`,
    );
    if (packed.status !== 0) return packed;
    const tarball = join(folder, packed.stdout.trim().split('\n').at(-1));
    return run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
