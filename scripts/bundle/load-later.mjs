import { filesLoadedLater } from './grouping.mjs';
import { REQUIRE } from './packed-table.mjs';

/** Built-in modules that every process of Node has loaded before its script; the others are loaded on first use. */
const loadedByNode = ['node:buffer', 'node:fs', 'node:path', 'node:process', 'node:url', 'node:util'];

/**
 * Has files of the bundle, and built-in modules that Node does not load for itself, loaded on first use: node:crypto alone
 * takes a millisecond. The modules have no effects but what they export, so it makes no difference when they run.
 */
export function loadLater() {
  return {
    name: 'load-later',
    renderChunk(code) {
      const declared = /^(?:let|const) (\w+) = require\("([^"]+)"\);\n/gm;
      let later = code.replaceAll(REQUIRE, 'require');
      for (const [line, name, module] of code.matchAll(declared)) {
        const wanted = module.startsWith('node:')
          ? !loadedByNode.includes(module)
          : filesLoadedLater.includes(module);
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
