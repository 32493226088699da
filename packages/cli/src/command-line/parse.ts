import { clip } from '@mprog/core/clip';
import { nearest } from '@mprog/manager/nearest';
import type { CommandDeclaration, CommandTable, OptionDeclaration, ValueDeclaration } from './declaration.js';
import { Invocation } from './invocation.js';
import { kernelProblem } from './kernel-problem.js';
import { type OptionToken, tokensOf } from './tokens.js';
import { optionUsage, usageLine } from './usage.js';

/** A command line that was understood, one that asks for help, or one that is wrong (exit status 2). */
export type ParseResult =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  /** `path` is the longest known prefix of commands; empty for the overview. */
  | { readonly kind: 'help'; readonly path: readonly string[] }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads a command line; nothing but the table is needed for it. */
export function parseCommandLine(words: readonly string[], table: CommandTable): ParseResult {
  const found = findCommand(words, table);
  if ('kind' in found) return found;
  const { command, rest } = found;
  if (command.verbatim) return run(command, new Map([['WORD', rest]]), new Map());

  const declared = [...command.options, ...table.options];
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(rest, declared)) {
    if (token.kind === 'positional') {
      positionals.push(token.value);
      continue;
    }
    const option = declared.find(({ name }) => name === token.name);
    if (option === undefined) return unknownOption(token.rawName, declared, command);
    if (command.without?.includes(option.name)) {
      return wrong(`${command.path.join(' ')} takes no option --${option.name}`, command);
    }
    const problem = optionProblem(option, token, command);
    if (problem !== null) return wrong(problem, command);
    const values = options.get(option.name);
    if (values === undefined) options.set(option.name, [token.value ?? '']);
    else if (option.repeated) values.push(token.value ?? '');
    else if (option.value !== undefined) {
      return wrong(`option --${option.name} is given twice`, command);
    }
  }
  if (options.has('help')) return { kind: 'help', path: command.path };

  const values = placeArguments(command, positionals);
  if (values === null) return wrong(countProblem(command, positionals), command);
  const problem = argumentProblem(command, values) ?? alternativesProblem(command, values, options);
  return problem === null ? run(command, values, options) : wrong(problem, command);
}

function run(
  command: CommandDeclaration,
  values: ReadonlyMap<string, readonly string[]>,
  options: ReadonlyMap<string, readonly string[]>,
): ParseResult {
  return { kind: 'run', invocation: new Invocation(command, values, options) };
}

function wrong(problem: string, command: CommandDeclaration): ParseResult {
  return { kind: 'wrong', message: `${problem}; usage: ${usageLine(command)}` };
}

/** Finds the command by its leading words; options that every command takes may stand before and between them. */
function findCommand(
  words: readonly string[],
  table: CommandTable,
): { readonly command: CommandDeclaration; readonly rest: string[] } | ParseResult {
  const path: string[] = [];
  const rest = [...words];
  let help = false;
  for (const token of tokensOf(words, table.options)) {
    if (token.kind === 'option') {
      if (!table.options.some(({ name }) => name === token.name)) {
        return unknownOption(token.rawName, table.options, null);
      }
      help ||= token.name === 'help';
      continue;
    }
    const next = [...path, token.value];
    if (!isPrefix(next, table)) return unknownCommand(path, token.value, table);
    rest.splice(token.index - path.length, 1);
    path.push(token.value);
    const command = table.commands.find((candidate) => sameWords(candidate.path, path));
    if (command !== undefined) return { command, rest };
  }
  if (help) return { kind: 'help', path };
  if (path.length === 0) return { kind: 'wrong', message: 'no command is given; see: mprog help' };
  const group = path.join(' ');
  return {
    kind: 'wrong',
    message: `${group}: one of ${nextWords(path, table).join(', ')} is missing; see: mprog help ${group}`,
  };
}

function unknownCommand(path: readonly string[], word: string, table: CommandTable): ParseResult {
  const near = nearest(word, nextWords(path, table));
  const written = [...path, clip(word)].join(' ');
  const advice =
    near === null
      ? `see: mprog help${path.length === 0 ? '' : ` ${path.join(' ')}`}`
      : `did you mean ${[...path, near].join(' ')}?`;
  return { kind: 'wrong', message: `unknown command ${written}; ${advice}` };
}

function unknownOption(
  written: string,
  declared: readonly OptionDeclaration[],
  command: CommandDeclaration | null,
): ParseResult {
  const near = nearest(
    written,
    declared.map(({ name }) => `--${name}`),
  );
  const advice =
    near !== null ? `did you mean ${near}?` : `see: mprog help${command ? ` ${command.path.join(' ')}` : ''}`;
  return { kind: 'wrong', message: `unknown option ${clip(written)}; ${advice}` };
}

function optionProblem(
  option: OptionDeclaration,
  token: OptionToken,
  command: CommandDeclaration,
): string | null {
  const { name, value } = option;
  if (value === undefined) return token.value === undefined ? null : `option --${name} takes no value`;
  if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) {
    return `option --${name} needs a value: ${optionUsage(option)}`;
  }
  const problem = choiceProblem(value, token.value);
  if (problem !== null) return `option --${name} ${problem}`;
  if (value.kind === 'number' && !isCount(token.value)) {
    return `option --${name} takes a number from 0 to 2^64 - 1, not ${JSON.stringify(clip(token.value))}`;
  }
  if (token.value === '') return `option --${name} needs a value: ${optionUsage(option)}`;
  if (value.kind !== 'kernel') return null;
  const refused = kernelProblem(token.value, command);
  return refused === null ? null : `option --${name} ${refused}`;
}

function choiceProblem({ choices }: ValueDeclaration, word: string): string | null {
  if (choices === undefined || choices.includes(word)) return null;
  const near = nearest(word, choices);
  const list = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return `takes ${list}, not ${JSON.stringify(clip(word))}${near === null ? '' : `; did you mean ${near}?`}`;
}

function isCount(word: string): boolean {
  return /^\d{1,20}$/.test(word) && BigInt(word) < 1n << 64n;
}

/** Gives each argument its words, or null when there are too many or too few. */
function placeArguments(
  command: CommandDeclaration,
  words: readonly string[],
): Map<string, readonly string[]> | null {
  const values = new Map<string, readonly string[]>();
  let next = 0;
  for (const argument of command.arguments) {
    const end = argument.repeated ? words.length : next + 1;
    const own = words.slice(next, end);
    next = Math.min(end, words.length);
    if (own.length > 0) values.set(argument.placeholder, own);
    else if (!argument.optional) return null;
  }
  return next < words.length ? null : values;
}

function countProblem(command: CommandDeclaration, words: readonly string[]): string {
  const name = command.path.join(' ');
  const missing = command.arguments.filter(({ optional }) => !optional)[words.length];
  if (missing !== undefined) return `${name}: ${missing.placeholder} is missing`;
  const extra = words[command.arguments.length] ?? '';
  return `${name}: ${JSON.stringify(clip(extra))} is one argument too many`;
}

function argumentProblem(
  command: CommandDeclaration,
  values: ReadonlyMap<string, readonly string[]>,
): string | null {
  for (const argument of command.arguments) {
    for (const word of values.get(argument.placeholder) ?? []) {
      const problem = choiceProblem(argument, word);
      if (problem !== null) return `${command.path.join(' ')} ${problem}`;
    }
  }
  return null;
}

function alternativesProblem(
  command: CommandDeclaration,
  values: ReadonlyMap<string, readonly string[]>,
  options: ReadonlyMap<string, readonly string[]>,
): string | null {
  for (const { names, required } of command.alternatives ?? []) {
    const given = names.filter((name) =>
      name.startsWith('--') ? options.has(name.slice(2)) : values.has(name),
    );
    const name = command.path.join(' ');
    if (given.length > 1) return `${name}: ${given[0]} and ${given[1]} exclude each other`;
    if (required && given.length === 0) {
      return `${name}: ${names.length === 1 ? '' : 'one of '}${names.join(', ')} is missing`;
    }
  }
  return null;
}

function isPrefix(path: readonly string[], table: CommandTable): boolean {
  return table.commands.some((command) => sameWords(command.path.slice(0, path.length), path));
}

/** Words that may follow a path of commands, without the hidden ones. */
export function nextWords(path: readonly string[], table: CommandTable): readonly string[] {
  const words = new Set<string>();
  for (const command of table.commands) {
    const word = command.path[path.length];
    if (word !== undefined && !command.hidden && sameWords(command.path.slice(0, path.length), path)) {
      words.add(word);
    }
  }
  return [...words];
}

function sameWords(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}
