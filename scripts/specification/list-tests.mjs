import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Packages whose tests hold rules; the command holds none of its own. */
const packages = ['core', 'kernel', 'manager', 'conformance'];

/**
 * Every test as vitest collects it, also those that this machine cannot run: `{ name, file, kernel }`, sorted by file
 * and in the order of the file. `kernel` is what it runs on.
 */
export function listTests(root) {
  const folder = mkdtempSync(join(tmpdir(), 'mprog-list-'));
  try {
    const path = join(folder, 'tests.json');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const filters = packages.map((name) => `packages/${name}/`);
    // In one process, as nothing runs: a fork for each file takes five times as long.
    const options = [`--json=${path}`, '--no-isolate', '--no-file-parallelism'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'list', ...options, ...filters], {
      cwd: root,
      env: { ...process.env, MPROG_LIST_EVERY_TEST: '1' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`list tests: vitest failed\n${stdout}${stderr}`);
    return JSON.parse(readFileSync(path, 'utf8'))
      .map(({ name, file, projectName }) => {
        const place = relative(root, file).replaceAll('\\', '/');
        return { name, file: place, kernel: kernelOf(place, projectName, name) };
      })
      .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kernelOf(file, project, name) {
  if (project === 'live kernel') return name.includes('where there is netkit') ? 'live, with netkit' : 'live';
  return file.startsWith('packages/core/') ? 'engine' : 'simulated';
}
