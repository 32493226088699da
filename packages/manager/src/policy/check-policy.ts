import { MprogError } from '@mprog/core';
import { compileGlob } from '../names/glob.js';
import { parseNamespace } from '../names/namespace-name.js';
import { didYouMean } from '../names/nearest.js';
import { isMadeForOneDirection, programTypeFor, programTypeOfHook } from '../rules/layer-rules.js';
import { draftEntry, type EntryDraft, firstOfEach } from './entry-draft.js';
import { findCycles } from './find-cycles.js';
import type { PolicyText } from './policy-text.js';
import type { Tree, TreeEntry } from './yaml-tree.js';

/**
 * Checks what the parts of a policy mean together: programs that are named, orders and claims that contradict, programs
 * on hooks of different types. What has not the right shape is passed over; `checkShape` tells of it.
 *
 * @returns the entries of `hooks` in the order of the file
 */
export function checkPolicy(tree: Tree, text: PolicyText): readonly EntryDraft[] {
  const hooks = tree.entries?.get('hooks')?.tree.items ?? [];
  const programs: ReadonlyMap<string, TreeEntry> = tree.entries?.get('programs')?.tree.entries ?? new Map();
  const advice = adviser([...programs.keys()]);
  const drafts = hooks.map(draftEntry);
  for (const [index, draft] of drafts.entries()) {
    checkNames(draft, programs, advice, text);
    checkCycles(draft, text);
    checkClaims(draft, text);
    checkTargets(hooks[index]!, text);
  }
  checkTypes(drafts, (name) => !programs.get(name)?.tree.entries?.has('match'), text);
  if (text.hasErrors) return drafts;
  const used = new Set(drafts.flatMap(({ named }) => named.map(({ name }) => name)));
  for (const [name, { keyOffset }] of programs) {
    if (!used.has(name)) text.warn('WARN_UNUSED', keyOffset, `no hook names ${name}`);
  }
  return drafts;
}

function checkNames(
  { named, again }: EntryDraft,
  programs: ReadonlyMap<string, unknown>,
  advice: (name: string) => string,
  text: PolicyText,
): void {
  for (const { name, offset } of named) {
    if (programs.has(name)) continue;
    text.error('ERR_UNKNOWN_PROGRAM', offset, `programs names no ${JSON.stringify(name)}${advice(name)}`);
  }
  for (const { name, offset } of again) text.error('ERR_VALUE', offset, `${name} is in order twice`);
}

/** The nearest name, or those that there are; only so often, since it compares with every name. */
function adviser(names: readonly string[]): (name: string) => string {
  const known = names.length === 0 ? '; it names none' : `; it names ${shorten(names)}`;
  let left = 100;
  return (name) => (left-- > 0 && didYouMean(name, names)) || known;
}

function checkCycles({ constraints }: EntryDraft, text: PolicyText): void {
  for (const found of findCycles(constraints)) {
    const start = found.reduce((least, { offset }, at) => (offset < found[least]!.offset ? at : least), 0);
    const cycle = [...found.slice(start), ...found.slice(0, start)];
    const { before, offset } = cycle[0]!;
    if (cycle.length === 1) {
      text.error('ERR_CYCLE', offset, `${before} can't run before itself`);
      continue;
    }
    const lines = cycle.map((edge) => `${edge.before} before ${edge.after} (${text.where(edge.offset)})`);
    text.error('ERR_CYCLE', offset, `these orders lead in a circle: ${lines.join(', ')}`);
  }
}

function checkClaims({ first, last, constraints, named }: EntryDraft, text: PolicyText): void {
  const ahead = constraints.find(({ after, before }) => after === first?.name && before !== after);
  if (first !== null && ahead !== undefined) {
    text.error('ERR_CLAIM', first.offset, `first: ${first.name} contradicts ${cite(ahead, text)}`);
  }
  const behind = constraints.find(({ before, after }) => before === last?.name && before !== after);
  if (last !== null && behind !== undefined) {
    text.error('ERR_CLAIM', last.offset, `last: ${last.name} contradicts ${cite(behind, text)}`);
  }
  if (first === null || last === null || first.name !== last.name) return;
  const other = named.find(({ name }) => name !== first.name);
  if (other === undefined) return;
  const message = `${first.name} can't be first (${text.where(first.offset)}) and last where ${other.name} runs too`;
  text.error('ERR_CLAIM', last.offset, message);
}

function cite({ words, offset }: { readonly words: string; readonly offset: number }, text: PolicyText) {
  return `${words} (${text.where(offset)})`;
}

/** What can be said of names of namespaces and cgroups without looking at the host. */
function checkTargets(tree: Tree, text: PolicyText): void {
  const literals = (key: string) =>
    (tree.entries?.get(key)?.tree.items ?? []).filter(
      ({ value }) => typeof value === 'string' && value !== '' && compileGlob(value).literal !== null,
    );
  for (const { value, offset } of literals('namespaces')) {
    try {
      parseNamespace(String(value));
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      text.error('ERR_VALUE', offset, error.message);
    }
  }
  for (const { value, offset } of literals('cgroups')) {
    if (compileGlob(String(value)).literal!.startsWith('/')) continue;
    text.error('ERR_VALUE', offset, `${JSON.stringify(value)} is no path of a cgroup; it begins with /`);
  }
}

/** A program of ours is loaded once, as one type; some types are for one direction alone. */
function checkTypes(
  drafts: readonly EntryDraft[],
  isOurs: (name: string) => boolean,
  text: PolicyText,
): void {
  const uses = new Map<string, { readonly key: string; readonly at: string }>();
  for (const { on, named } of drafts) {
    if (on === null) continue;
    const key = isMadeForOneDirection(on) ? `${programTypeFor(on)} ${on.direction}` : `${programTypeFor(on)}`;
    for (const { name, offset } of firstOfEach(named)) {
      if (!isOurs(name)) continue;
      const known = uses.get(name);
      if (known === undefined) uses.set(name, { key, at: `${hookOf(on)} (${text.where(offset)})` });
      else if (known.key !== key) {
        const message = `${name} is loaded once, and can't be for ${hookOf(on)} and for ${known.at}; name a program for each`;
        text.error('ERR_PROGRAM_TYPE', offset, message);
      }
    }
  }
}

function hookOf(on: NonNullable<EntryDraft['on']>): string {
  return `${on.layer}/${on.direction} of type ${programTypeOfHook(on)}`;
}

function shorten(names: readonly string[]): string {
  return names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
}
