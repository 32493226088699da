// Bundles what `tsc` made of the command and of the packages below it into packages/cli/bin/dist, which is what
// `bin/mprog.js` runs: CommonJS in few files, because to start the loader of ES modules takes longer than most commands.
// It does nothing when the bundle is up to date.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { grouping } from './bundle/grouping.mjs';
import { inAscii } from './bundle/in-ascii.mjs';
import { licenses } from './bundle/licenses.mjs';
import { loadLater } from './bundle/load-later.mjs';
import { locations } from './bundle/locations.mjs';
import { packageText } from './bundle/package-text.mjs';
import { packedTable } from './bundle/packed-table.mjs';
import { command, entry, root, target } from './bundle/places.mjs';

const script = fileURLToPath(import.meta.url);
/** It bears the time at which the bundle was begun. */
const lastFile = join(target, 'LICENSES');
/** A folder that a bundle is made in, or goes to from its place, is of nobody after an hour. */
const unfinished = '.bundle-';
const HOUR = 3_600_000;
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === script) await bundleCommand();

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
  removeUnfinished();
  const begun = new Date();
  // Outside of what is published.
  const folder = mkdtempSync(join(command, unfinished));
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
    for (const { type, fileName, code } of output) if (type === 'chunk') compile(code, fileName);
    // What changes while the bundle is made is younger than it.
    utimesSync(join(folder, 'LICENSES'), begun, begun);
    chmodSync(folder, 0o755);
    replaceTarget(folder);
  } catch (error) {
    // Another one was bundled meanwhile.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** At no time there is a part of a bundle in its place, whenever this process is ended. */
function replaceTarget(folder) {
  const old = join(mkdtempSync(join(command, unfinished)), 'dist');
  try {
    setAside(old);
    renameSync(folder, target);
  } finally {
    rmSync(join(old, '..'), { recursive: true, force: true });
  }
}

function setAside(old) {
  try {
    renameSync(target, old);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    // A folder of a lower layer of overlayfs cannot be renamed. A part of it must not look fresh.
    rmSync(lastFile, { force: true });
    rmSync(target, { recursive: true, force: true });
  }
}

/** Removes what bundling that was ended left. */
function removeUnfinished() {
  for (const name of readdirSync(command)) {
    const folder = join(command, name);
    if (name.startsWith(unfinished) && changedAt(folder) < Date.now() - HOUR)
      rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws where text replacements left what is no JavaScript. */
function compile(code, name) {
  try {
    new Script(`(function(){${code}\n})`, { filename: name });
  } catch (error) {
    throw new Error(`bundle the command: ${name} is no JavaScript: ${error.message}`, { cause: error });
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
