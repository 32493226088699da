import { resolve } from 'node:path';
import type { Source } from '../planner/problem.js';
import { checkPolicy } from './check-policy.js';
import { checkShape } from './check-shape.js';
import { decodeText } from './decode-text.js';
import type { EntryDraft, NamedAt } from './entry-draft.js';
import type { Located, Policy, PolicyHook, PolicyProgram } from './policy.js';
import type { PolicyProblem } from './policy-problem.js';
import type { PolicySource } from './policy-source.js';
import { PolicyText } from './policy-text.js';
import type { HookShape, PolicyShape, ProgramShape } from './schema.js';
import { readYamlTree, type Tree } from './yaml-tree.js';

/** What reading a policy comes to: the policy, or null when there are errors; and everything that was found. */
export interface PolicyReading {
  readonly policy: Policy | null;
  /** By their places in the file. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Reads a policy and finds everything that is wrong with it, without looking at the host.
 *
 * It throws nothing: bytes that are no text, no YAML or no policy are problems with a place.
 */
export function readPolicy({ bytes, file, directory }: PolicySource): PolicyReading {
  const decoded = decodeText(bytes);
  const text = new PolicyText(file, decoded.text);
  if (!decoded.ok) {
    text.error('ERR_TEXT', decoded.offset, decoded.reason);
    return { policy: null, problems: text.problems };
  }
  const { tree, problems } = readYamlTree(decoded.text);
  for (const { code, offset, message, first } of problems) {
    text.error(code, offset, first === undefined ? message : `${message}; first at ${text.where(first)}`);
  }
  if (tree === null) return { policy: null, problems: text.problems };
  const shape = checkShape(tree, text);
  const drafts = checkPolicy(tree, text);
  const policy = shape === null || text.hasErrors ? null : build(shape, tree, drafts, text, directory);
  return { policy, problems: text.problems };
}

function build(
  shape: PolicyShape,
  tree: Tree,
  drafts: readonly EntryDraft[],
  text: PolicyText,
  directory: string,
): Policy {
  const programs = new Map<string, PolicyProgram>();
  for (const [name, { keyOffset }] of tree.entries?.get('programs')?.tree.entries ?? []) {
    const source = { where: text.where(keyOffset), words: `programs: ${name}` };
    programs.set(name, buildProgram(name, shape.programs[name]!, source, directory));
  }
  const hooks = (tree.entries?.get('hooks')?.tree.items ?? []).map((item, index) =>
    buildHook(shape.hooks[index]!, item, drafts[index]!, text),
  );
  return Object.freeze({ version: 1, programs, hooks: Object.freeze(hooks), file: text.file, directory });
}

function buildProgram(name: string, shape: ProgramShape, source: Source, directory: string): PolicyProgram {
  if ('object' in shape) {
    const { object, program = null, maps } = shape;
    return Object.freeze({ kind: 'object', name, path: resolve(directory, object), program, maps, source });
  }
  if ('pinned' in shape) {
    return Object.freeze({ kind: 'pinned', name, path: resolve(directory, shape.pinned), source });
  }
  const { match, optional, many } = shape;
  const rule = Object.freeze({
    name: match.name ?? null,
    tag: match.tag?.toLowerCase() ?? null,
    pinned: match.pinned === undefined ? null : resolve(directory, match.pinned),
    link: match.link ?? null,
    id: match.id ?? null,
  });
  return Object.freeze({ kind: 'match', name, match: rule, optional, many, source });
}

function buildHook(shape: HookShape, tree: Tree, draft: EntryDraft, text: PolicyText): PolicyHook {
  const source = (offset: number, words: string): Source =>
    Object.freeze({ where: text.where(offset), words });
  const located = (key: string): readonly Located[] | null => {
    const items = tree.entries?.get(key)?.tree.items;
    if (items == null) return null;
    return Object.freeze(
      items.map(({ value, offset }) =>
        Object.freeze({ text: String(value), source: source(offset, `${key}: ${value}`) }),
      ),
    );
  };
  const claim = (end: 'first' | 'last', named: NamedAt | null) =>
    named === null
      ? null
      : Object.freeze({ key: named.name, source: source(named.offset, `${end}: ${named.name}`) });
  const { layer, direction, offset } = draft.on!;
  const { others, attach, strategy } = shape;
  return Object.freeze({
    on: Object.freeze({ layer, direction, source: source(offset, `on: ${shape.on}`) }),
    devices: located('devices'),
    cgroups: located('cgroups'),
    namespaces: located('namespaces'),
    order: Object.freeze(draft.order.map(({ name }) => name)),
    constraints: Object.freeze(
      draft.constraints.map(({ before, after, offset: at, words }) =>
        Object.freeze({ before, after, source: source(at, words) }),
      ),
    ),
    first: claim('first', draft.first),
    last: claim('last', draft.last),
    others,
    attach,
    strategy,
    names: Object.freeze([...new Set(draft.named.map(({ name }) => name))]),
    source: source(draft.offset, `hooks: ${shape.on}`),
  });
}
