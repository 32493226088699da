import { type LayerName, layers } from '../names/hook-name.js';
import { MOST_ORDERED } from './schema.js';
import type { Tree } from './yaml-tree.js';

/** The name of a program at one place of a policy. */
export interface NamedAt {
  readonly name: string;
  readonly offset: number;
}

/** One program before another one, and where that is said. */
export interface DraftConstraint {
  readonly before: string;
  readonly after: string;
  readonly offset: number;
  /** `order: telemetry before firewall`. */
  readonly words: string;
}

/** An entry of `hooks` as far as it can be read, whatever else is wrong with it. */
export interface EntryDraft {
  readonly offset: number;
  readonly on: { readonly layer: LayerName; readonly direction: string; readonly offset: number } | null;
  /** Without those that are there again. */
  readonly order: readonly NamedAt[];
  /** Those of `order` that are there again. */
  readonly again: readonly NamedAt[];
  /** One for each pair of `order`, then those of `constraints`. */
  readonly constraints: readonly DraftConstraint[];
  readonly first: NamedAt | null;
  readonly last: NamedAt | null;
  /** Every name where it stands, in order of appearance. */
  readonly named: readonly NamedAt[];
}

/** Reads an entry of `hooks`, passing over what has not the right shape. */
export function draftEntry(tree: Tree): EntryDraft {
  const all = namesIn(child(tree, 'order'));
  const order = firstOfEach(all);
  const known = new Set(order);
  const further = constraintsIn(child(tree, 'constraints'));
  const first = nameOf(child(tree, 'first'));
  const last = nameOf(child(tree, 'last'));
  return {
    offset: tree.offset,
    on: hookOf(child(tree, 'on')),
    order,
    again: all.filter((one) => !known.has(one)),
    constraints: [...pairsOf(order.slice(0, MOST_ORDERED)), ...further.constraints],
    first,
    last,
    named: [...all, ...further.named, ...(first === null ? [] : [first]), ...(last === null ? [] : [last])],
  };
}

/** Each name where it stands first. */
export function firstOfEach(all: readonly NamedAt[]): readonly NamedAt[] {
  const seen = new Map<string, NamedAt>();
  for (const one of all) if (!seen.has(one.name)) seen.set(one.name, one);
  return [...seen.values()];
}

/** Each pair, since what stands between two programs may be absent. */
function pairsOf(order: readonly NamedAt[]): readonly DraftConstraint[] {
  return order.flatMap((before, index) =>
    order.slice(index + 1).map((after) => ({
      before: before.name,
      after: after.name,
      offset: before.offset,
      words: `order: ${before.name} before ${after.name}`,
    })),
  );
}

function constraintsIn(tree: Tree | undefined): {
  readonly constraints: readonly DraftConstraint[];
  readonly named: readonly NamedAt[];
} {
  const constraints: DraftConstraint[] = [];
  const named: NamedAt[] = [];
  for (const item of tree?.items ?? []) {
    for (const [name, { keyOffset, tree: sides }] of item.entries ?? []) {
      named.push({ name, offset: keyOffset });
      for (const side of ['before', 'after'] as const) {
        for (const other of namesIn(child(sides, side))) {
          named.push(other);
          constraints.push({
            before: side === 'before' ? name : other.name,
            after: side === 'before' ? other.name : name,
            offset: other.offset,
            words: `constraints: ${name} ${side} ${other.name}`,
          });
        }
      }
    }
  }
  return { constraints, named };
}

function hookOf(tree: Tree | undefined): EntryDraft['on'] {
  if (typeof tree?.value !== 'string') return null;
  const [layer = '', direction = ''] = tree.value.split('/');
  if (!Object.hasOwn(layers, layer) || !layers[layer as LayerName].includes(direction)) return null;
  return { layer: layer as LayerName, direction, offset: tree.offset };
}

function namesIn(tree: Tree | undefined): readonly NamedAt[] {
  return (tree?.items ?? []).flatMap((item) => nameOf(item) ?? []);
}

function nameOf(tree: Tree | undefined): NamedAt | null {
  return typeof tree?.value === 'string' ? { name: tree.value, offset: tree.offset } : null;
}

function child(tree: Tree, key: string): Tree | undefined {
  return tree.entries?.get(key)?.tree;
}
