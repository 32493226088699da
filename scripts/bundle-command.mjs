// Bundles what `tsc` made of the command and of the packages below it into packages/cli/bin/dist, which is what
// `bin/mprog.js` runs: CommonJS in few files, because to start the loader of ES modules takes longer than most commands.
// It does nothing when the bundle is up to date.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grouping } from './bundle/grouping.mjs';
import { inAscii } from './bundle/in-ascii.mjs';
import { licenses } from './bundle/licenses.mjs';
import { loadLater } from './bundle/load-later.mjs';
import { locations } from './bundle/locations.mjs';
import { packageText } from './bundle/package-text.mjs';
import { packedTable } from './bundle/packed-table.mjs';
import { command, entry, root, target } from './bundle/places.mjs';

const script = fileURLToPath(import.meta.url);
/** It is written last. */
const lastFile = join(target, 'LICENSES');
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];

if (process.argv[1] === script) await bundleCommand();

/** For vitest: tests run the command as it is installed, also where `tsc --build` alone was run before them. */
export function setup() {
  if (!existsSync(entry) || isFresh()) return;
  // Vitest would rewrite what is imported here.
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Bundles the command unless it is bundled as it is built. */
async function bundleCommand() {
  if (isFresh()) return;
  const { rolldown } = await import('rolldown');
  const folder = mkdtempSync(join(command, 'bin/dist-'));
  const groups = new Map();
  try {
    const bundle = await rolldown({
      input: { 'command-table': entry },
      preserveEntrySignatures: 'allow-extension',
      cwd: root,
      platform: 'node',
      // Binaries; koffi is found at run time, where the package that depends on it is installed.
      external: ['koffi'],
      plugins: [packedTable(), packageText(), locations(), grouping(groups), loadLater(), inAscii()],
      onLog(level, log) {
        if (level === 'warn') throw new Error(`bundle the command: ${log.message}`);
      },
    });
    const { output } = await bundle.write({
      dir: folder,
      format: 'cjs',
      exports: 'named',
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [{ debugName: 'gathered', name: (id) => groups.get(id) ?? null }],
      },
      minifyInternalExports: false,
      minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
    });
    await bundle.close();
    writeFileSync(join(folder, 'LICENSES'), licenses(output.flatMap(({ moduleIds = [] }) => moduleIds)));
    chmodSync(folder, 0o755);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } catch (error) {
    // Another one was bundled meanwhile.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether nothing that it is made of is younger than the bundle. */
function isFresh() {
  const made = changedAt(lastFile);
  const folders = packages.map((name) => join(root, 'packages', name, 'dist'));
  const sources = [...folders.filter(existsSync), join(root, 'scripts/bundle')].flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
  );
  sources.push(script, join(root, 'package-lock.json'), join(command, 'package.json'));
  return sources.filter((file) => /(js|json)$/.test(file)).every((file) => changedAt(file) < made);
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
