import { Document, isMap, isSeq, visit } from 'yaml';
import type { AttachmentState, HookState, Inventory } from '../host/state.js';
import { escapeGlob } from '../names/glob.js';
import type { SlotKind } from '../planner/problem.js';

/** Where a program of ours comes from, in the words of a policy. */
export type OwnSource = { readonly object: string; readonly program: string } | { readonly pinned: string };

/** What is known of a program of ours. */
export interface OwnOrigin {
  /** Null where a policy has no words for it. */
  readonly source: OwnSource | null;
  /** The same for all versions of a program, of which a hook takes one. */
  readonly family: string;
  /** What policies called it; null for none. */
  readonly policyProgram: string | null;
}

type ProgramEntry =
  | OwnSource
  | { readonly match: { readonly name: string } | { readonly id: number }; readonly optional: true };

/** The longest name of a program in a policy. */
const LONGEST = 64;

/**
 * Writes the hooks of a host as a policy that changes nothing on it.
 *
 * Programs of ours are named by what they come from; everything else, and what a policy has no words for (programs of ours that
 * hang on links and directly on one hook), by what tells it. A program that is on a hook several times stays unnamed.
 *
 * @param originOf what is known of a program of ours by its id
 * @returns YAML
 */
export function exportPolicy(
  { hooks, kernel }: Pick<Inventory, 'hooks' | 'kernel'>,
  originOf: (program: number) => OwnOrigin | null,
): string {
  const names = new Names();
  const entries = hooks.map((hook) => entryOf(hook, hooks, names, originOf));
  const document = new Document({ version: 1, programs: names.programs, hooks: entries });
  document.commentBefore = ` The hooks of this host (${kernel}) as they are.`;
  visit(document, {
    Pair: (_, { key, value }) => {
      const word = String(key);
      if (isSeq(value) && word !== 'hooks') value.flow = true;
      if (isMap(value) && word === 'match') value.flow = true;
    },
  });
  return document.toString({ lineWidth: 100 });
}

function entryOf(
  hook: HookState,
  hooks: readonly HookState[],
  names: Names,
  originOf: (program: number) => OwnOrigin | null,
): Readonly<Record<string, unknown>> {
  const { layer, direction, attachments } = hook;
  const once = attachments.filter(
    ({ program }) => attachments.filter((other) => other.program.id === program.id).length === 1,
  );
  const families = once.map(({ program }) => originOf(program.id)?.family ?? null);
  const own = new Map(
    once.flatMap((attachment, index) => {
      const origin = attachment.ours === true ? originOf(attachment.program.id) : null;
      const isAlone = families.filter((family) => family === families[index]).length === 1;
      return origin?.source == null || !isAlone ? [] : [[attachment, { ...origin, source: origin.source }]];
    }),
  );
  const links = [...own.keys()].filter(({ link }) => link !== null).length;
  const kind: SlotKind = links * 2 >= own.size ? 'link' : 'direct';
  const order = once.map((attachment) => {
    const origin = own.get(attachment);
    return origin !== undefined && kindOf(attachment) === kind
      ? names.of(JSON.stringify(origin.source), origin.source, origin.policyProgram ?? wordOf(attachment))
      : names.foreign(attachment, hooks);
  });
  return {
    on: `${layer}/${direction}`,
    ...targetOf(hook),
    order,
    ...(kind === 'direct' ? { attach: 'program' } : {}),
  };
}

/** The names of one hook, as patterns that match nothing else. */
function targetOf({ hook, layer }: HookState): Readonly<Record<string, readonly string[]>> {
  // Both are escaped in the hook's name as a pattern has them.
  const target = hook.slice(hook.indexOf('@') + 1);
  if (layer === 'cgroup') return { cgroups: [target] };
  const percent = target.search(/(?<!\\)%/);
  if (percent < 0) return { devices: [target] };
  return { devices: [target.slice(0, percent)], namespaces: [target.slice(percent + 1)] };
}

/** The programs of a policy in the making. */
class Names {
  readonly #names: Map<string, string> = new Map();
  readonly #programs: Map<string, ProgramEntry> = new Map();

  get programs(): Readonly<Record<string, ProgramEntry>> {
    return Object.fromEntries(this.#programs);
  }

  /** Name of a program; the same identity always gets the same one. */
  of(identity: string, entry: ProgramEntry, word: string): string {
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    let name = word;
    for (let n = 2; this.#programs.has(name); n++) {
      const suffix = `-${n}`;
      name = word.slice(0, LONGEST - suffix.length) + suffix;
    }
    this.#names.set(identity, name);
    this.#programs.set(name, entry);
    return name;
  }

  /** Name of somebody else's program: told by its name where that means one program on every hook, else by its id. */
  foreign(attachment: AttachmentState, hooks: readonly HookState[]): string {
    const { id, name, fullName } = attachment.program;
    const own = fullName ?? name;
    const word = wordOf(attachment);
    if (own !== null && own !== '' && isUnique(own, hooks)) {
      const pattern = escapeGlob(own);
      return this.of(`name ${pattern}`, { match: { name: pattern }, optional: true }, word);
    }
    return this.of(`id ${id}`, { match: { id }, optional: true }, word);
  }
}

function isUnique(word: string, hooks: readonly HookState[]): boolean {
  return hooks.every(
    ({ attachments }) =>
      attachments.filter(({ program }) => program.name === word || program.fullName === word).length < 2,
  );
}

function wordOf({ program: { id, name, fullName } }: AttachmentState): string {
  const word = (fullName ?? name ?? '').replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, LONGEST);
  return word === '' ? `program-${id}` : word;
}

function kindOf({ link, linkUnknown }: AttachmentState): SlotKind | null {
  if (linkUnknown === true) return null;
  return link === null ? 'direct' : 'link';
}
