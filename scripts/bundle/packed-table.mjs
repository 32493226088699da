import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { command } from './places.mjs';

/** The module of what only help asks for. */
export const HELP_TEXTS = 'virtual:help-texts';
/** Stands for `require` while the bundler, which would look into it, is at work. */
export const REQUIRE = '__requireOfTheBundle';

/**
 * Writes the table of commands so that of a command that is not used nothing is read but its words and its summary: the
 * rest is JSON inside a text, which is skipped faster than any code and taken apart when it is asked for. What only help
 * asks for is in a file of its own.
 */
export function packedTable() {
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
      const { commandTable } = await import(`${pathToFileURL(file).href}?${statSync(file).mtimeMs}`);
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
