import { parseAst } from 'rolldown/parseAst';
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
    renderChunk: (code) => ({ code: loadedOnUse(code.replaceAll(REQUIRE, 'require')) }),
  };
}

/** Puts a `require` to every use of what stands in `let name = require("module");` at the beginning of a line. */
export function loadedOnUse(code) {
  const { body } = parseAst(code);
  const changes = [];
  const declared = new Map();
  for (const statement of body) {
    const [name, module] = requiredBy(statement);
    if (module !== undefined) declared.set(name, { statement, module, uses: [], whole: false });
  }
  look({ type: 'Program', body });
  for (const { statement, module, uses, whole } of declared.values()) {
    // Where it is handed on as a whole, it stays as it is.
    if (whole) {
      if (filesLoadedLater.includes(module))
        throw new Error(`bundle the command: ${module}, which is loaded later, is handed on as a whole`);
      continue;
    }
    changes.push({ ...statement, text: '' });
    // In parentheses, as `new require(…).Name` would be an instance of `require`.
    for (const use of uses) changes.push({ ...use, text: `(require("${module}"))` });
  }
  changes.sort((left, right) => right.start - left.start);
  let later = code;
  for (const { start, end, text } of changes) later = later.slice(0, start) + text + later.slice(end);
  return later;

  function look(node, parent, key) {
    if (node.type === 'Identifier') note(node, parent, key);
    for (const [name, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === 'string') look(child, node, name);
      }
    }
  }

  function note(identifier, parent, key) {
    const found = declared.get(identifier.name);
    // Names of properties are other names.
    if (found === undefined || (['property', 'key'].includes(key) && !parent.computed && !parent.shorthand))
      return;
    if (found.statement.declarations[0] === parent) return;
    if (parent.type === 'MemberExpression' && key === 'object') found.uses.push(identifier);
    else found.whole = true;
  }
}

/** Name and module of a declaration that loads a module which can be loaded later. */
function requiredBy({ type, declarations }) {
  if (type !== 'VariableDeclaration') return [];
  const loaded = declarations.filter(
    ({ init }) => init?.type === 'CallExpression' && init.callee.name === 'require',
  );
  if (loaded.length === 0) return [];
  const [{ id, init }] = loaded;
  const module = init.arguments[0]?.value;
  if (declarations.length > 1 || id.type !== 'Identifier' || typeof module !== 'string')
    throw new Error(
      `bundle the command: ${module} is loaded in another way than by a declaration of its own`,
    );
  const wanted = module.startsWith('node:')
    ? !loadedByNode.includes(module)
    : filesLoadedLater.includes(module);
  return wanted ? [id.name, module] : [];
}
