import { sep } from 'node:path';
import { HELP_TEXTS } from './packed-table.mjs';
import { root } from './places.mjs';

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
      /^kernel\/dist\/simulated-file\/(file-lock|process-identity)/,
      /^kernel\/dist\/(read-regular-file|client\/stand-in)/,
      /^kernel\/dist\/abi\/(btf|elf)-check/,
    ],
    'alone',
  ],
  [
    'change',
    [
      /^manager\/dist\/(change|resolve|rules|programs)\//,
      /^manager\/dist\/(change|host\/(foreign|effective|attribute-effective)|view\/(packet-run|probe-kernel|program-listing)|journal\/(journalled|journal-intent))\.js$/,
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

/** Files that are loaded when something of them is called, not with what may call it. */
export const filesLoadedLater = ['./help-texts.js', './change.js', './laboratory.js'];

/**
 * Gathers modules in files.
 *
 * @param groups becomes the name of the file for each module, by its id
 */
export function grouping(groups) {
  return {
    name: 'grouping',
    buildEnd() {
      const gather = (id, name, alone) => {
        const found = this.getModuleInfo(id);
        if (found === null || groups.has(id) || id.startsWith('node:')) return;
        groups.set(id, name);
        if (!alone) for (const imported of found.importedIds) gather(imported, name, alone);
      };
      const seen = new Set();
      for (const [name, wanted, alone] of files) {
        for (const id of this.getModuleIds()) {
          const path = id.startsWith(root) ? id.slice(`${root}packages/`.length).replaceAll(sep, '/') : id;
          const matching = wanted.filter((one) => (typeof one === 'string' ? one === path : one.test(path)));
          for (const one of matching) seen.add(one);
          if (matching.length > 0) gather(id, name, alone);
        }
      }
      const [lost] = files.flatMap(([, wanted]) => wanted.filter((one) => !seen.has(one)));
      if (lost !== undefined) throw new Error(`bundle the command: no module is named ${lost}`);
    },
  };
}
