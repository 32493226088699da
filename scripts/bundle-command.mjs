// Bundles what `tsc` made of the command and of the packages below it into packages/cli/bundle, which is what
// `bin/mprog.js` runs: CommonJS in few files, because to start the loader of ES modules takes longer than most commands.
// It is laid out as a package, and does nothing when it is up to date.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'packages/cli');
const target = join(command, 'bundle');
const entry = join(command, 'dist/main.js');
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];

/** Built-in modules that every process of Node has loaded before its script; the others are loaded on first use. */
const loadedByNode = ['node:buffer', 'node:fs', 'node:module', 'node:path', 'node:process', 'node:url', 'node:util'];

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleCommand();

/** For vitest: tests run the command as it is installed, also where `tsc --build` alone was run before them. */
export async function setup() {
  if (existsSync(entry)) await bundleCommand();
}

/** Bundles the command unless it is bundled as it is built. */
export async function bundleCommand() {
  if (isFresh()) return;
  const { rolldown } = await import('rolldown');
  const folder = mkdtempSync(join(command, 'bundle-'));
  const groups = new Map();
  try {
    const bundle = await rolldown({
      input: { main: entry },
      preserveEntrySignatures: 'allow-extension',
      cwd: root,
      platform: 'node',
      // Binaries; koffi is found at run time, where the package that depends on it is installed.
      external: ['koffi'],
      plugins: [locations(), grouping(groups), lazyBuiltins()],
      onLog(level, log) {
        if (level === 'warn') throw new Error(`bundle the command: ${log.message}`);
      },
    });
    const { output } = await bundle.write({
      dir: join(folder, 'dist'),
      format: 'cjs',
      exports: 'named',
      entryFileNames: '[name].js',
      chunkFileNames: ({ facadeModuleId, name }) => chunkName(facadeModuleId, name),
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'gathered', name: (id) => groups.get(id) ?? null }] },
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    });
    await bundle.close();
    const { name, version, license } = JSON.parse(readFileSync(join(command, 'package.json'), 'utf8'));
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify({ name: `${name}-bundle`, version, private: true, license, type: 'commonjs' }, null, 2)}\n`,
    );
    writeFileSync(join(folder, 'LICENSES'), licenses(output.flatMap(({ moduleIds = [] }) => moduleIds)));
    chmodSync(folder, 0o755);
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether nothing that it is made of is younger than the bundle. */
function isFresh() {
  const made = changedAt(join(target, 'package.json'));
  const sources = packages.flatMap((name) => {
    const dist = join(root, 'packages', name, 'dist');
    return readdirSync(dist, { recursive: true })
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(dist, file));
  });
  sources.push(fileURLToPath(import.meta.url), join(root, 'package-lock.json'), join(command, 'package.json'));
  return sources.every((file) => changedAt(file) < made);
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Commands keep the paths that they have in `dist`; a package is called as it is installed. */
function chunkName(facade, name) {
  const path = facade && relative(join(command, 'dist'), facade);
  return path?.startsWith(`commands${sep}`) ? path.replaceAll(sep, '/') : `${name}.js`;
}

/**
 * Gathers what is loaded together anyway: to find and read a file takes longer than to skip functions that are not called.
 * `command-table` is what every command line needs, `manager` what most commands do, `linux` what the running kernel needs.
 */
function grouping(groups) {
  const roots = [
    ['command-table', [entry]],
    ['manager', ['cli/dist/open-manager.js', 'cli/dist/render/report-error.js']],
    ['linux', ['kernel/dist/linux/index.js']],
  ];
  return {
    name: 'grouping',
    buildEnd() {
      const gather = (id, name) => {
        const found = this.getModuleInfo(id);
        if (found === null || groups.has(id) || id.startsWith('node:')) return;
        groups.set(id, name);
        for (const imported of found.importedIds) gather(imported, name);
      };
      for (const [name, files] of roots)
        for (const file of files) gather(file === entry ? file : join(root, 'packages', file), name);
      groups.delete(entry);
    },
  };
}

/**
 * Lets a module of another package go on finding what lies beside it where that package is installed: traces, objects,
 * a script of another process, koffi.
 */
function locations() {
  const installed = (name) => `require('node:url').pathToFileURL(require.resolve(${name})).href`;
  return {
    name: 'locations',
    transform(code, id) {
      if (!code.includes('import.meta') || id.includes('node_modules')) return null;
      const [, name, path] = /packages[\\/](\w+)[\\/]dist[\\/](.*)$/.exec(id) ?? [];
      let located = code.replace(/import\.meta\.resolve\(('[^']+')\)/g, (_, wanted) => installed(wanted));
      if (name !== 'cli') {
        const own = `new URL('./${path.replaceAll(sep, '/')}', ${installed(`'@mprog/${name}'`)}).href`;
        located = located.replaceAll('import.meta.url', own);
      }
      return { code: located };
    },
  };
}

/** Has built-in modules that Node does not load for itself loaded on first use: node:crypto takes a millisecond. */
function lazyBuiltins() {
  return {
    name: 'lazy-builtins',
    renderChunk(code) {
      const declared = /^(?:let|const) (node_\w+) = require\("(node:[\w/]+)"\);\n/gm;
      let lazy = code;
      for (const [line, name, module] of code.matchAll(declared)) {
        if (loadedByNode.includes(module)) continue;
        const without = lazy
          .replace(line, '')
          .replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `require("${module}").`);
        // Where it is handed on as a whole, it stays as it is.
        if (!new RegExp(`\\b${name}\\b`).test(without)) lazy = without;
      }
      return { code: lazy };
    },
  };
}

/** The licence of every package that modules come from, as it demands. */
function licenses(modules) {
  const folders = new Set();
  for (const id of modules) {
    const [folder] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((file) => /^licen[cs]e(\.\w+)?$/i.test(file));
    if (file === undefined) throw new Error(`bundle the command: ${name} has no licence text`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
