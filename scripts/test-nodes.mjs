// Runs all suites, the live ones too, on every version of Node that the project is for, one after the other, and closes
// with a table. Arguments are major versions (`npm run test:nodes -- 22 24`); without any, all.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeWithTable, readClosing } from './closing-table.mjs';
import { installTool } from './install-tool.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The oldest version that is supported, and one of each later line. */
const versions = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

const wanted = process.argv.slice(2);
for (const major of wanted) {
  if (!versions.some((version) => version.startsWith(`${major}.`))) {
    process.stderr.write(`test nodes: there is no version ${major}, only ${versions.join(', ')}\n`);
    process.exit(2);
  }
}
const chosen = versions.filter((version) => wanted.length === 0 || wanted.includes(version.split('.')[0]));
closeWithTable(chosen.map(testOn));

function testOn(version) {
  const name = `Node ${version}`;
  const tool = `node-${process.platform}-${process.arch}`;
  const folder = installTool(tool, version);
  if (folder === null) return { name, note: `not run: ${tool}@${version} cannot be had from the registry` };
  const bin = join(folder, 'bin');
  const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  const probe = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (probe.stdout?.trim() !== `v${version}`) return { name, note: `not run: ${node} does not start here` };
  process.stdout.write(`${name} …\n`);
  const { stdout, stderr, status, signal } = spawnSync(node, [join(root, 'scripts/test.mjs')], {
    cwd: root,
    // Commands that tests spawn find this Node too.
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { counts, remarks } = readClosing(stdout);
  if (counts === null || counts.failed > 0) process.stdout.write(`${stdout}${stderr}\n`);
  return { name, counts, remarks, note: `ended with ${signal ?? status} and without counts` };
}
