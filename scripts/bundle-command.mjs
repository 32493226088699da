// Bundles what `tsc` made of the command and of the packages below it into packages/cli/bin/dist, which is what
// `bin/mprog.js` runs: CommonJS in few files, because to start the loader of ES modules takes longer than most commands.
// It does nothing when the bundle is up to date.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const script = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const command = join(root, 'packages/cli');
const target = join(command, 'bin/dist');
const entry = join(command, 'dist/main.js');
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];

const HELP_TEXTS = 'virtual:help-texts';
/** Stands for `require` while the bundler, which would look into it, is at work. */
const REQUIRE = '__requireOfTheBundle';

/** Chunks that are loaded when something of them is called, not with what may call it. */
const lazyChunks = ['./help-texts.js', './change.js', './laboratory.js'];

/** Built-in modules that every process of Node has loaded before its script; the others are loaded on first use. */
const loadedByNode = [
  'node:buffer',
  'node:fs',
  'node:module',
  'node:path',
  'node:process',
  'node:url',
  'node:util',
];

/**
 * Files of the bundle, and the modules that they are made of with all that those import, unless an earlier one has it: to
 * find and read a file takes longer than to skip functions that are not called, up to some 10 KB of them.
 */
const files = [
  ['help-texts', [HELP_TEXTS]],
  // What every command line needs.
  ['command-table', [/^cli\/dist\/main\.js$/, /^cli\/dist\/command-line\/wrap\.js$/]],
  // What no command needs that only looks at hooks. It is given by name, without what it imports.
  [
    'change',
    [
      /^core\/dist\/(?!errors|clip|index)/,
      /^kernel\/dist\/simulated-file\//,
      /^kernel\/dist\/client\/(stand-in|btf|cgroup-mode)/,
      /^kernel\/dist\/abi\/(btf|elf)-check/,
    ],
    'alone',
  ],
  [
    'change',
    [
      /^manager\/dist\/(change|resolve|rules|programs)\//,
      /^manager\/dist\/(change|host\/(bpffs|link-listing|effective|attribute-effective)|view\/(packet-run|probe-kernel|program-listing)|journal\/(claims|journalled|journal-intent))\.js$/,
    ],
    'alone',
  ],
  [
    'laboratory',
    [
      /^kernel\/dist\/linux\/(laboratory|linux-laboratory|packet|cgroup-|private-|one-processor|map-form|libbpf)/,
    ],
    'alone',
  ],
  [
    'manager',
    [/^cli\/dist\/open-manager\.js$/, /^cli\/dist\/render\/(report-error|hooks|fields|wrapped|listing)\.js$/],
  ],
  ['linux', [/^kernel\/dist\/linux\/index\.js$/]],
];

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
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether nothing that it is made of is younger than the bundle. */
function isFresh() {
  const made = changedAt(join(target, 'LICENSES'));
  const sources = packages.flatMap((name) => {
    const dist = join(root, 'packages', name, 'dist');
    return readdirSync(dist, { recursive: true })
      .filter((file) => file.endsWith('.js'))
      .map((file) => join(dist, file));
  });
  sources.push(
    fileURLToPath(import.meta.url),
    join(root, 'package-lock.json'),
    join(command, 'package.json'),
  );
  return sources.every((file) => changedAt(file) < made);
}

function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Writes the table of commands so that of a command that is not used nothing is read but its words and its summary: the
 * rest is JSON inside a text, which is skipped faster than any code and taken apart when it is asked for. What only help
 * asks for is in a file of its own.
 */
function packedTable() {
  const file = join(command, 'dist/command-table.js');
  const eager = ['path', 'summary', 'hidden', 'load'];
  const forHelp = ['description', 'examples'];
  let helpTexts = '';
  return {
    name: 'packed-table',
    resolveId: (id) => (id === HELP_TEXTS ? id : null),
    async load(id) {
      if (id === HELP_TEXTS) return helpTexts;
      if (id !== file) return null;
      // The time makes it another module than the one before a change.
      const { commandTable } = await import(`${pathToFileURL(file).href}?${changedAt(file)}`);
      const { groups, commands, options } = commandTable;
      const keys = [...new Set(commands.flatMap((declared) => Object.keys(declared)))];
      const text = (value) => JSON.stringify(JSON.stringify(value));
      const pick = (declared, wanted) =>
        Object.fromEntries(Object.entries(declared).filter(([key]) => wanted.includes(key)));
      const rest = keys.filter((key) => !eager.includes(key) && !forHelp.includes(key));
      const modules = commands.map(({ path, load }) => {
        const [, module] = /^\(\) => import\('\.\.\/(commands\/[\w-]+\.js)'\)$/.exec(load) ?? [];
        if (module === undefined)
          throw new Error(`pack ${path.join(' ')}: its load is no import of a command`);
        return module;
      });
      for (const module of new Set(modules)) {
        this.emitFile({ type: 'chunk', id: join(command, 'dist', module), fileName: module });
      }
      const index = commands.map(({ path, summary, hidden }, at) => ({
        path,
        summary,
        hidden,
        module: modules[at],
      }));
      helpTexts = `export const commands = JSON.parse(${text(commands.map((declared) => pick(declared, forHelp)))});`;
      return `
        import * as helpTexts from '${HELP_TEXTS}';
        const texts = ${JSON.stringify(commands.map((declared) => JSON.stringify(pick(declared, rest))).join('\n'))}.split('\\n');
        class Command {
          #module; #index; #rest;
          constructor(declared, index) {
            this.path = declared.path; this.summary = declared.summary; this.hidden = declared.hidden;
            this.#module = declared.module; this.#index = index;
          }
          async load() { return ${REQUIRE}('./' + this.#module); }
          get #unpacked() { return this.#rest ??= JSON.parse(texts[this.#index]); }
          ${rest.map((key) => `get ${key}() { return this.#unpacked.${key}; }`).join(' ')}
          ${forHelp.map((key) => `get ${key}() { return helpTexts.commands[this.#index].${key}; }`).join(' ')}
        }
        let groups;
        export const commandTable = {
          get groups() { return groups ??= JSON.parse(${text(groups)}); },
          commands: JSON.parse(${text(index)}).map((declared, index) => new Command(declared, index)),
          options: JSON.parse(${text(options)}),
        };`;
    },
  };
}

/** Puts the package.json that `version` reads into it. */
function packageText() {
  return {
    name: 'package-text',
    transform(code, id) {
      if (id !== join(command, 'dist/commands/version.js')) return null;
      const read = "readFileSync(new URL('../../package.json', import.meta.url), 'utf8')";
      if (!code.includes(read))
        throw new Error('bundle the command: version reads package.json in another way');
      const { version } = JSON.parse(readFileSync(join(command, 'package.json'), 'utf8'));
      return { code: code.replace(read, `'${JSON.stringify({ version })}'`) };
    },
  };
}

/** Gathers modules in files. */
function grouping(groups) {
  return {
    name: 'grouping',
    buildEnd() {
      const gather = (id, name, alone) => {
        const found = this.getModuleInfo(id);
        if (found === null || groups.has(id) || id.startsWith('node:')) return;
        groups.set(id, name);
        if (!alone) for (const imported of found.importedIds) gather(imported, name, alone);
      };
      for (const [name, wanted, alone] of files) {
        for (const id of this.getModuleIds()) {
          const path = id.startsWith(root) ? id.slice(`${root}packages/`.length).replaceAll(sep, '/') : id;
          if (wanted.some((one) => (typeof one === 'string' ? one === path : one.test(path))))
            gather(id, name, alone);
        }
      }
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
      // The package depends on koffi by itself, so as not to have to look for that of another one.
      located = located.replace('createRequire(import.meta.url)', 'require');
      if (name !== 'cli') {
        const own = `new URL('./${path.replaceAll(sep, '/')}', ${installed(`'@mprog/${name}'`)}).href`;
        located = located.replaceAll('import.meta.url', own);
      }
      return { code: located };
    },
  };
}

/**
 * Has files of the bundle, and built-in modules that Node does not load for itself, loaded on first use: node:crypto alone
 * takes a millisecond. The modules have no effects but what they export, so it makes no difference when they run.
 */
function loadLater() {
  return {
    name: 'load-later',
    renderChunk(code) {
      const declared = /^(?:let|const) (\w+) = require\("([^"]+)"\);\n/gm;
      let later = code.replaceAll(REQUIRE, 'require');
      for (const [line, name, module] of code.matchAll(declared)) {
        const wanted = module.startsWith('node:')
          ? !loadedByNode.includes(module)
          : lazyChunks.includes(module);
        if (!wanted) continue;
        // In parentheses, as `new require(…).Name` would be an instance of `require`.
        const without = later
          .replace(line, '')
          .replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `(require("${module}")).`);
        // Where it is handed on as a whole, it stays as it is.
        if (!new RegExp(`\\b${name}\\b`).test(without)) later = without;
      }
      return { code: later };
    },
  };
}

/** Files of ASCII alone are read and compiled as they are, others are first made twice as long. */
function inAscii() {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return {
    name: 'in-ascii',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escaped);
      }
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
