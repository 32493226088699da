import type { CommandTable, OptionDeclaration, ValueKind } from '../command-line/declaration.js';
import { nextWords } from '../command-line/parse.js';
import { fileCandidates } from './files.js';
import { type Position, positionOf } from './position.js';

/** A word that may stand at the cursor, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** Asks the kernel that the command line names, or what else takes long to load; empty where that is not possible. */
export type Ask = (kind: ValueKind, position: Position) => Promise<readonly Candidate[]>;

/**
 * The words that may stand at the end of a command line.
 *
 * @param words what was typed, the last one up to the cursor
 * @param ask finds live hooks, programs, links, devices, namespaces and cgroups
 */
export async function candidates(
  words: readonly string[],
  table: CommandTable,
  ask: Ask,
): Promise<readonly Candidate[]> {
  const position = positionOf(words, table);
  const found = await candidatesAt(position, table, ask);
  return found
    .filter(({ word }) => word.startsWith(position.typed))
    .map(({ word, meaning }) => ({ word: position.prefix + word, meaning }));
}

async function candidatesAt(
  position: Position,
  table: CommandTable,
  ask: Ask,
): Promise<readonly Candidate[]> {
  const { expects, options, given } = position;
  switch (expects.kind) {
    case 'nothing':
      return [];
    case 'command':
      return nextWords(expects.path, table).map((word) => ({
        word,
        meaning: meaningOf([...expects.path, word], table),
      }));
    case 'option':
      return options.filter((option) => !given.has(option.name) || option.repeated).map(optionCandidate);
    case 'value':
      return valueCandidates(position, expects.value, ask);
  }
}

async function valueCandidates(
  position: Position,
  value: Extract<Position['expects'], { kind: 'value' }>['value'],
  ask: Ask,
): Promise<readonly Candidate[]> {
  const { typed } = position;
  switch (value.kind) {
    case 'choice':
      return (value.choices ?? []).map((word) => ({ word, meaning: '' }));
    case 'kernel':
      return typed.startsWith('simulated:')
        ? fileCandidates(typed, 'simulated:')
        : [
            { word: 'linux', meaning: 'the running kernel' },
            { word: 'simulated:', meaning: 'the host of a state file' },
          ];
    case 'file':
      return fileCandidates(typed, '');
    case 'object':
      return [...(await ask('object', position)), ...objectFiles(typed)];
    case 'policy':
      return fileCandidates(typed, '', (name) => /\/$|\.(ya?ml|json)$/.test(name));
    case 'trace':
      return [...(await ask('trace', position)), ...fileCandidates(typed, '')];
    case 'directory':
      return fileCandidates(typed, '', (name) => name.endsWith('/'));
    case 'program':
    case 'reference':
    case 'link':
      if (typed.startsWith('pin:/')) return fileCandidates(typed, 'pin:');
      return [...(await ask(value.kind, position)), ...formsOf(value.kind, typed)];
    case 'pin':
      return withoutRepeats([
        ...(await ask('pin', position)),
        ...(typed === '' ? [{ word: '/sys/fs/bpf/', meaning: 'bpffs' }] : fileCandidates(typed, '')),
      ]);
    case 'number':
    case 'text':
    case 'command':
      return [];
    default:
      return ask(value.kind, position);
  }
}

/** A pin of the running kernel is a file too. */
function withoutRepeats(found: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(found.map((one) => [one.word, one] as const).reverse()).values()].reverse();
}

/** The forms that a reference may begin with, and object files where one may stand. */
function formsOf(kind: 'program' | 'reference' | 'link', typed: string): readonly Candidate[] {
  const forms = [
    { word: 'name:', meaning: 'by name' },
    { word: 'pin:/', meaning: 'what is pinned there' },
  ].filter(({ word }) => word !== typed);
  if (kind !== 'program' || /^(id|link|name|tag|pin):/.test(typed)) return forms;
  return [...objectFiles(typed), ...forms];
}

function objectFiles(typed: string): readonly Candidate[] {
  return fileCandidates(typed, '', (name) => name.endsWith('/') || name.endsWith('.o'));
}

function optionCandidate(option: OptionDeclaration): Candidate {
  return { word: `--${option.name}`, meaning: option.summary };
}

function meaningOf(path: readonly string[], table: CommandTable): string {
  const all = [...table.commands, ...table.groups];
  return all.find((one) => one.path.join(' ') === path.join(' '))?.summary ?? '';
}
