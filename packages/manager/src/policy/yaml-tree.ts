import { type Alias, Composer, type CST, isAlias, isMap, isScalar, isSeq, type Node, Parser } from 'yaml';

/** What stands in a YAML document, and where. */
export interface Tree {
  /** Plain data; objects have no prototype, and keys are the words as they are written. */
  readonly value: unknown;
  /** Where it begins. */
  readonly offset: number;
  /** What a plain scalar says in the file, `0x10`; null for others. */
  readonly source: string | null;
  /** Of a mapping; null for others. */
  readonly entries: ReadonlyMap<string, TreeEntry> | null;
  /** Of a list; null for others. */
  readonly items: readonly Tree[] | null;
}

/** A key of a mapping with what stands behind it. */
export interface TreeEntry {
  readonly keyOffset: number;
  readonly tree: Tree;
}

/** Something that is no YAML, or no YAML for a policy. */
export interface TreeProblem {
  readonly offset: number;
  readonly message: string;
  readonly code: 'ERR_SYNTAX' | 'ERR_KEY';
  /** The other place that it is about: where a key stands that is given twice. */
  readonly first?: number;
}

/** Levels of brackets and lists; a policy has six. */
const DEEPEST = 32;
/** Values that all aliases of a document may stand for, so that a short text stays a small policy. */
const MOST_ALIASED = 100_000;

/**
 * Reads one YAML document (1.2, core schema) with the place of everything in it.
 *
 * Keys are words; a document has at most 32 levels. Aliases work, but may not stand for more than 100000 values in all or
 * for something that they are in. Tags of one's own, merge keys and several documents are refused.
 *
 * @returns no tree where the text is no YAML or empty; with a tree the problems are of keys that are there twice
 */
export function readYamlTree(text: string): {
  readonly tree: Tree | null;
  readonly problems: readonly TreeProblem[];
} {
  const tokens = [...new Parser().parse(text)];
  const wrong = tooDeep(tokens) ?? oldVersion(tokens);
  if (wrong !== null) return { tree: null, problems: [wrong] };
  // The library compares each key with all others; the walk below looks them up.
  const options = {
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    schema: 'core',
    logLevel: 'silent',
  } as const;
  const documents = [...new Composer(options).compose(tokens, true, text.length)];
  const syntax = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map(({ pos, code, message }) => ({
      offset: pos[0],
      message: wordsOf(code, message),
      code: 'ERR_SYNTAX' as const,
    })),
  );
  if (syntax.length > 0) return { tree: null, problems: onePerLine(text, syntax) };
  const second = tokens.filter(({ type }) => type === 'document')[1];
  if (second !== undefined) {
    const message = 'a second document begins here; a policy is one';
    return { tree: null, problems: [{ offset: second.offset, message, code: 'ERR_SYNTAX' }] };
  }
  const contents = documents[0]?.contents ?? null;
  return contents === null
    ? { tree: null, problems: [{ offset: 0, message: 'nothing stands in it', code: 'ERR_SYNTAX' }] }
    : new Walk().run(contents);
}

class Walk {
  readonly #problems: TreeProblem[] = [];
  /** Nodes that the walk is in: an alias of one of them never ends. */
  readonly #open: Set<Node> = new Set();
  /** An alias stands for the last anchor of its name above it, also where it is read again through another alias. */
  readonly #anchors: Map<string, Node> = new Map();
  readonly #targets: Map<Alias, Node | null> = new Map();
  #aliased = 0;
  #depth = 0;

  run(contents: Node): { readonly tree: Tree | null; readonly problems: readonly TreeProblem[] } {
    const tree = this.#read(contents, 0);
    const isWhole = this.#problems.every(({ code }) => code === 'ERR_KEY');
    return { tree: isWhole ? tree : null, problems: this.#problems };
  }

  get #isSpent(): boolean {
    return this.#aliased > MOST_ALIASED;
  }

  #read(node: Node | null, missing: number): Tree {
    if (node === null) return leaf(null, missing, '');
    const offset = node.range?.[0] ?? missing;
    if (isAlias(node)) return this.#follow(node, offset);
    if (this.#depth > 0 && ++this.#aliased > MOST_ALIASED) return leaf(null, offset, null);
    if (this.#depth === 0 && !isAlias(node) && node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return leaf(node.value, offset, node.type === 'PLAIN' ? (node.source ?? '') : null);
    this.#open.add(node);
    const tree = isMap(node)
      ? this.#readMap(node.items, offset)
      : this.#readList(isSeq(node) ? node.items : [], offset);
    this.#open.delete(node);
    return tree;
  }

  #follow(alias: Alias, offset: number): Tree {
    if (this.#isSpent) return leaf(null, offset, null);
    const target = this.#targets.get(alias) ?? this.#anchors.get(alias.source) ?? null;
    this.#targets.set(alias, target);
    if (target === null) return this.#wrong(offset, `no anchor &${alias.source} stands above`);
    if (this.#open.has(target)) {
      return this.#wrong(offset, `*${alias.source} stands inside of what it stands for`);
    }
    this.#depth++;
    const tree = this.#read(target, offset);
    this.#depth--;
    if (this.#isSpent && this.#depth === 0) {
      return this.#wrong(offset, `aliases stand for more than ${MOST_ALIASED} values up to this one`);
    }
    return tree;
  }

  #readMap(pairs: readonly { readonly key: unknown; readonly value: unknown }[], offset: number): Tree {
    const value: Record<string, unknown> = Object.create(null);
    const entries = new Map<string, TreeEntry>();
    for (const { key: keyNode, value: valueNode } of pairs) {
      const keyOffset = (keyNode as Node | null)?.range?.[0] ?? offset;
      if (!isScalar(keyNode) || (keyNode.value === null && !keyNode.source)) {
        this.#wrong(keyOffset, 'a key is a word');
        continue;
      }
      if (this.#depth === 0 && keyNode.anchor) this.#anchors.set(keyNode.anchor, keyNode);
      const key = typeof keyNode.value === 'string' ? keyNode.value : String(keyNode.source);
      const tree = this.#read(valueNode as Node | null, keyNode.range?.[1] ?? keyOffset);
      if (key === '__proto__') {
        this.#problems.push({
          offset: keyOffset,
          message: 'nothing may be called __proto__',
          code: 'ERR_KEY',
        });
        continue;
      }
      if (entries.has(key)) {
        const message = `${key} is given twice`;
        const first = entries.get(key)!.keyOffset;
        this.#problems.push({ offset: keyOffset, message, code: 'ERR_KEY', first });
        continue;
      }
      value[key] = tree.value;
      entries.set(key, { keyOffset, tree });
    }
    return { value, offset, source: null, entries, items: null };
  }

  #readList(nodes: readonly unknown[], offset: number): Tree {
    const items = nodes.map((node) => this.#read(node as Node | null, offset));
    return { value: items.map(({ value }) => value), offset, source: null, entries: null, items };
  }

  #wrong(offset: number, message: string): Tree {
    this.#problems.push({ offset, message, code: 'ERR_SYNTAX' });
    return leaf(null, offset, null);
  }
}

function leaf(value: unknown, offset: number, source: string | null): Tree {
  return { value, offset, source, entries: null, items: null };
}

/** The first token below too many others; the library would run out of stack there. */
function tooDeep(tokens: readonly CST.Token[]): TreeProblem | null {
  const waiting: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of tokens) waiting.push({ token, depth: 0 });
  let first = Number.POSITIVE_INFINITY;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) {
      first = Math.min(first, token.offset);
      continue;
    }
    if (token.type === 'document' && token.value) waiting.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) waiting.push({ token: key, depth: depth + 1 });
      if (value) waiting.push({ token: value, depth: depth + 1 });
    }
  }
  if (first === Number.POSITIVE_INFINITY) return null;
  return { offset: first, message: `this is more than ${DEEPEST} levels deep`, code: 'ERR_SYNTAX' };
}

function oldVersion(tokens: readonly CST.Token[]): TreeProblem | null {
  const directive = tokens.find(
    (token) =>
      token.type === 'directive' && /^%YAML\s/.test(token.source) && !/^%YAML\s+1\.2\b/.test(token.source),
  );
  if (directive === undefined) return null;
  return { offset: directive.offset, message: 'a policy is YAML 1.2', code: 'ERR_SYNTAX' };
}

/**
 * One mistake makes several errors: what comes behind the first of a line says little, and a tab shifts all that is
 * below it.
 */
function onePerLine(text: string, problems: readonly TreeProblem[]): readonly TreeProblem[] {
  const kept: TreeProblem[] = [];
  const tabs = problems.filter(({ message }) => message === words.TAB_AS_INDENT);
  for (const problem of [...(tabs.length > 0 ? tabs : problems)].sort((a, b) => a.offset - b.offset)) {
    const last = kept.at(-1);
    if (last === undefined || text.slice(last.offset, problem.offset).includes('\n')) kept.push(problem);
  }
  return kept;
}

const words: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML is indented with spaces',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing behind this key, or the line is indented wrongly',
  BLOCK_AS_IMPLICIT_KEY:
    'a key stands inside of a value; the line below is indented wrongly, or one colon is too much',
};

function wordsOf(code: string, message: string): string {
  return words[code] ?? message.charAt(0).toLowerCase() + message.slice(1);
}
