// Runs the suites of the engine and of the simulated kernel, unchanged, where JavaScript runs besides Node: Bun, Deno and a
// page of headless Chromium; and on this Node the same way, to compare. They are bundled with vitest's own runner and
// matchers (scripts/runtimes). Arguments choose (`npm run test:runtimes -- bun chromium`). Closes with a table.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeWithTable } from './closing-table.mjs';
import { installTool } from './install-tool.mjs';
import { notRunLine } from './not-run-line.mjs';
import { bundleTests } from './runtimes/bundle.mjs';
import { findChromium, runInChromium } from './runtimes/run-in-chromium.mjs';

const BUN = '1.4.5';
const DENO = '2.9.6';
const libc = process.platform === 'linux' ? '-glibc' : '';

const runtimes = {
  node: () => runProcess(`Node ${process.versions.node}`, process.execPath, []),
  bun: () =>
    runTool(`Bun ${BUN}`, `@oven/bun-${process.platform}-${architecture('aarch64')}`, BUN, 'bin/bun', []),
  deno: () =>
    runTool(`Deno ${DENO}`, `@deno/${process.platform}-${architecture('arm64')}${libc}`, DENO, 'deno', [
      'run',
      '--allow-all',
      '--quiet',
    ]),
  chromium: runPage,
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in runtimes)) {
    process.stderr.write(`test runtimes: there is no ${name}, only ${Object.keys(runtimes).join(', ')}\n`);
    process.exit(2);
  }
}
const folder = mkdtempSync(join(tmpdir(), 'mprog-runtimes-'));
try {
  const rows = [];
  for (const [name, runtime] of Object.entries(runtimes)) {
    if (wanted.length === 0 || wanted.includes(name)) rows.push(await runtime());
  }
  closeWithTable(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function architecture(arm) {
  return process.arch === 'arm64' ? arm : process.arch;
}

async function runTool(name, tool, version, path, args) {
  const installed = installTool(tool, version);
  if (installed === null)
    return { name, note: `not run: ${tool}@${version} cannot be had from the registry` };
  return runProcess(name, join(installed, path), args);
}

async function runProcess(name, program, args) {
  const entry = await bundled('process');
  const { stdout, stderr, error } = spawnSync(program, [...args, entry], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) return { name, note: `not run: ${program} does not start here (${error.code})` };
  const last = stdout.trimEnd().split('\n').at(-1);
  return report(name, last.startsWith('{') ? JSON.parse(last) : { crash: `${stdout}${stderr}` });
}

async function runPage() {
  const browser = findChromium();
  if (browser === null)
    return { name: 'Chromium', note: 'not run: there is no chromium (apt-get install chromium)' };
  await bundled('page');
  return report(`Chromium ${browser.version}`, await runInChromium(browser.program, join(folder, 'page')));
}

async function bundled(target) {
  const entry = join(folder, target, 'entry.js');
  return existsSync(entry) ? entry : bundleTests(target, join(folder, target));
}

function report(name, { crash, failures = [], reasons = {}, ...counts }) {
  if (crash !== undefined) {
    process.stdout.write(`${name}: ${crash}\n`);
    return { name, counts: null, note: 'ended without a result' };
  }
  for (const failure of failures) process.stdout.write(`${name}: ${failure}\n`);
  return {
    name,
    counts,
    remarks: Object.entries(reasons).map(([reason, tests]) => notRunLine(reason, tests)),
  };
}
