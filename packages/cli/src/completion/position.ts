import type {
  CommandDeclaration,
  CommandTable,
  OptionDeclaration,
  ValueDeclaration,
} from '../command-line/declaration.js';
import { commonOptions } from '../command-line/usage.js';

/** What may stand where the cursor is. */
export interface Position {
  readonly expects: /** `path`: the words of commands before it. */
    | { readonly kind: 'command'; readonly path: readonly string[] }
    | { readonly kind: 'option' }
    | { readonly kind: 'value'; readonly value: ValueDeclaration }
    | { readonly kind: 'nothing' };
  /** The word so far, without `--OPTION=`. */
  readonly typed: string;
  /** `--OPTION=`, which comes back in front of every candidate. */
  readonly prefix: string;
  readonly command: CommandDeclaration | null;
  /** Options of the command, and those of every command. */
  readonly options: readonly OptionDeclaration[];
  /** Values of options that stand before the cursor, by name. */
  readonly given: ReadonlyMap<string, string>;
  readonly arguments: readonly string[];
}

/** Finds out what the last of the words may become; wrong words before it are passed over. */
export function positionOf(words: readonly string[], table: CommandTable): Position {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const path: string[] = [];
  const positionals: string[] = [];
  const given = new Map<string, string>();
  let command: CommandDeclaration | null = null;
  let pending: OptionDeclaration | null = null;
  let onlyWords = false;
  const optionsNow = () =>
    command === null ? table.options : [...command.options, ...commonOptions(command, table)];
  for (const word of before) {
    if (pending !== null) {
      given.set(pending.name, word);
      pending = null;
    } else if (!onlyWords && word === '--') {
      onlyWords = true;
    } else if (!onlyWords && /^-./.test(word)) {
      const { option, value } = readOption(word, optionsNow());
      if (option !== undefined && value !== undefined) given.set(option.name, value);
      else if (option?.value !== undefined) pending = option;
      else if (option !== undefined) given.set(option.name, '');
    } else if (command === null) {
      path.push(word);
      command = table.commands.find((candidate) => candidate.path.join(' ') === path.join(' ')) ?? null;
    } else {
      positionals.push(word);
    }
  }
  const options = optionsNow();
  const common = { command, options, given, arguments: positionals };
  if (pending?.value !== undefined) {
    return { ...common, typed: current, prefix: '', expects: { kind: 'value', value: pending.value } };
  }
  if (!onlyWords && current.startsWith('-')) {
    const equals = current.indexOf('=');
    if (equals < 0) return { ...common, typed: current, prefix: '', expects: { kind: 'option' } };
    const value = readOption(current, options).option?.value;
    const rest = { typed: current.slice(equals + 1), prefix: current.slice(0, equals + 1) };
    return {
      ...common,
      ...rest,
      expects: value === undefined ? { kind: 'nothing' } : { kind: 'value', value },
    };
  }
  const rest = { typed: current, prefix: '' };
  if (command === null) return { ...common, ...rest, expects: { kind: 'command', path } };
  const next = command.arguments[positionals.length] ?? command.arguments.at(-1);
  const taken = next === undefined || (positionals.length >= command.arguments.length && !next.repeated);
  if (!taken && next.kind === 'command') {
    return { ...common, ...rest, expects: { kind: 'command', path: positionals } };
  }
  return { ...common, ...rest, expects: taken ? { kind: 'nothing' } : { kind: 'value', value: next } };
}

function readOption(
  word: string,
  options: readonly OptionDeclaration[],
): { readonly option: OptionDeclaration | undefined; readonly value: string | undefined } {
  if (!word.startsWith('--')) {
    const option = options.find(({ short }) => short === word[1]);
    return { option, value: word.length > 2 ? word.slice(2) : undefined };
  }
  const [name, ...rest] = word.slice(2).split('=');
  return {
    option: options.find((candidate) => candidate.name === name),
    value: rest.length > 0 ? rest.join('=') : undefined,
  };
}
