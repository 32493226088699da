import type { z } from 'zod';
import { didYouMean } from '../names/nearest.js';
import type { PolicyText } from './policy-text.js';
import { hookForms, hookWords, knownKeys, type PolicyShape, policySchema, programForms } from './schema.js';
import type { Tree } from './yaml-tree.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type Forms = typeof programForms;

/**
 * Checks the shape of a policy and says of everything that is wrong where it is.
 *
 * @returns the policy with its defaults; null when something is wrong
 */
export function checkShape(tree: Tree, text: PolicyText): PolicyShape | null {
  const result = policySchema.safeParse(tree.value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, [], tree, text);
  return null;
}

function report(issue: Issue, above: Path, root: Tree, text: PolicyText): void {
  const path = [...above, ...issue.path];
  const tree = treeAt(root, path);
  const label = labelOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) reportKey(key, path, tree!, text);
      return;
    case 'invalid_union':
      reportForm(issue.errors, path, tree!, root, text);
      return;
    case 'invalid_key':
      text.error('ERR_KEY', keyOffset(root, path), `${label} is no name of a program; ${nameRule}`);
      return;
    case 'invalid_type':
      if (tree === undefined) {
        const parent = treeAt(root, path.slice(0, -1));
        text.error('ERR_KEY', parent?.offset ?? 0, `${label} is missing`);
      } else text.error('ERR_VALUE', tree.offset, wrongKind(label, issue.expected, tree));
      return;
    case 'invalid_value':
      if (tree === undefined) {
        const parent = treeAt(root, path.slice(0, -1));
        text.error('ERR_KEY', parent?.offset ?? 0, `${label} is missing`);
      } else text.error('ERR_VALUE', tree.offset, wrongWord(label, issue.values.map(String), tree));
      return;
    case 'custom':
      // Where only unknown keys stand they are told of.
      if (tree?.entries?.size === 0) text.error('ERR_VALUE', tree.offset, `${label} is empty`);
      return;
    default:
      text.error('ERR_VALUE', tree?.offset ?? 0, `${label} ${limitOf(issue, path, tree)}`);
  }
}

const nameRule = 'a name has 1 to 64 of A-Z a-z 0-9 _ -';

function limitOf(issue: Issue, path: Path, tree: Tree | undefined): string {
  const shown = JSON.stringify(tree?.value);
  switch (issue.code) {
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      if (issue.origin !== 'array') return `is from 1 to 2147483647, and this is ${shown}`;
      return issue.code === 'too_small' ? 'is an empty list; leave it out' : `has more than ${bound} items`;
    }
    case 'invalid_format':
      if (tree?.value === '') return 'is empty';
      if (String(tree?.value).includes('\0')) return 'holds a NUL character';
      if (path.at(-1) === 'tag') return `has 16 hexadecimal digits, and this is ${shown}`;
      return `names no program: ${shown}; ${nameRule}`;
    default:
      return 'is empty';
  }
}

/** Picks the form that was meant by the key that tells it, and says what is wrong with that one. */
function reportForm(errors: readonly Issue[][], path: Path, tree: Tree, root: Tree, text: PolicyText): void {
  const isProgram = path[0] === 'programs';
  const forms = isProgram ? programForms : hookForms;
  const label = labelOf(path);
  if (tree.entries === null) {
    text.error('ERR_VALUE', tree.offset, wrongKind(label, 'object', tree));
    return;
  }
  const given = forms.flatMap(([form], index) => (tree.entries!.has(form) ? [index] : []));
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    const [a, b] = [forms[first]![0], forms[second]![0]];
    text.error(
      'ERR_KEY',
      tree.entries.get(b)!.keyOffset,
      `${label} has ${a} and ${b}, and takes one of them`,
    );
  }
  const chosen = isProgram ? first : hookForm(tree, first);
  if (chosen === undefined) {
    const words = forms.map(([form]) => form);
    text.error('ERR_KEY', tree.offset, `${label} needs one of ${words.join(', ')}`);
    const known = forms.flatMap(([, keys]) => keys);
    for (const key of tree.entries.keys()) if (!known.includes(key)) reportKey(key, path, tree, text);
    return;
  }
  const others = forms.filter((_, index) => index !== chosen).map(([form]) => form);
  for (const issue of errors[chosen] ?? []) {
    // The key of the other form was told of above.
    if (issue.code === 'unrecognized_keys' && given.length > 1) {
      const keys = issue.keys.filter((key) => !others.includes(key));
      if (keys.length > 0) report({ ...issue, keys }, path, root, text);
    } else report(issue, path, root, text);
  }
}

/** `on` tells the form of a hook where it is a hook; else its own key does. */
function hookForm(tree: Tree, given: number | undefined): number | undefined {
  const on = tree.entries?.get('on')?.tree.value;
  if (typeof on !== 'string' || !hookWords.includes(on)) return given;
  return on.startsWith('cgroup/') ? 1 : 0;
}

function reportKey(key: string, path: Path, tree: Tree, text: PolicyText): void {
  const { known, forms } = keysAt(path, tree);
  const offset = tree.entries?.get(key)?.keyOffset ?? tree.offset;
  const other = forms.find(([, keys]) => keys.includes(key));
  const message =
    other === undefined
      ? `there is no key ${JSON.stringify(key)}${didYouMean(key, known) || `; keys are ${known.join(', ')}`}`
      : misplaced(key, path, other[0]);
  text.error('ERR_KEY', offset, message);
}

function misplaced(key: string, path: Path, form: string): string {
  if (path[0] !== 'hooks') return `${key} belongs to a program with ${form}`;
  return form === 'cgroups'
    ? `${key} belongs to hooks of cgroups`
    : `${key} belongs to hooks of devices, and a cgroup is on no device and in no network namespace`;
}

/** The keys that a mapping may have, and the forms that it could have had. */
function keysAt(path: Path, tree: Tree): { readonly known: readonly string[]; readonly forms: Forms } {
  const [head, , inner] = path;
  if (head === undefined) return { known: knownKeys.policy, forms: [] };
  if (inner === 'match') return { known: knownKeys.match, forms: [] };
  if (inner === 'constraints') return { known: knownKeys.constraint, forms: [] };
  const forms = head === 'programs' ? programForms : hookForms;
  const first = forms.findIndex(([form]) => tree.entries?.has(form));
  const chosen = head === 'programs' ? first : (hookForm(tree, first < 0 ? undefined : first) ?? -1);
  const own = forms[chosen]?.[1];
  return own === undefined
    ? { known: [...new Set(forms.flatMap(([, keys]) => keys))], forms: [] }
    : { known: own, forms };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};

function wrongKind(label: string, expected: string, tree: Tree): string {
  const wanted = kinds[expected] ?? expected;
  const { value, source, items, entries } = tree;
  if (value === null && !source) return `${label} wants ${wanted}, and nothing stands there`;
  if (expected === 'string' && source !== null) {
    const kind = typeof value === 'number' ? 'a number' : value === null ? 'nothing' : 'true or false';
    return `${label} wants a text, and ${source} is ${kind}; write ${JSON.stringify(source)}`;
  }
  const found = items !== null ? 'a list' : entries !== null ? 'a mapping' : kindOf(value);
  const example =
    typeof value !== 'string'
      ? undefined
      : expected === 'array'
        ? `[${JSON.stringify(value)}]`
        : expected === 'boolean'
          ? booleans.get(value.toLowerCase())
          : undefined;
  return `${label} wants ${wanted}, not ${found}${example === undefined ? '' : `; write ${example}`}`;
}

/** What YAML 1.1 took for true and false, and 1.2 takes for texts. */
const booleans: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['on', 'true'],
  ['no', 'false'],
  ['off', 'false'],
]);

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  if (value === null) return 'nothing';
  return typeof value === 'number' ? String(value) : 'true or false';
}

function wrongWord(label: string, values: readonly string[], tree: Tree): string {
  const shown = tree.source || (JSON.stringify(tree.value) ?? 'nothing');
  if (label === 'version') return `version is 1, and this is ${shown}`;
  const written = tree.source ?? String(tree.value);
  if (label !== 'on') {
    return `${label} takes ${list(values)}, not ${shown}${didYouMean(written, values)}`;
  }
  const layer = written.split('/')[0]!;
  const directions = hookWords.filter((word) => word.startsWith(`${layer}/`));
  const near = didYouMean(written, hookWords);
  if (directions.length === 0)
    return `on takes LAYER/DIRECTION, tcx/ingress for example, not ${shown}${near}`;
  return `on: ${shown} is no hook${near || `; there are ${list(directions)}`}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What a message calls the value at a path: its key, or the how manieth item it is. */
function labelOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the policy';
  if (typeof last !== 'number') return String(last);
  return `item ${last + 1} of ${labelOf(path.slice(0, -1))}`;
}

function treeAt(root: Tree, path: Path): Tree | undefined {
  let at: Tree | undefined = root;
  for (const step of path) {
    at = typeof step === 'number' ? at?.items?.[step] : at?.entries?.get(String(step))?.tree;
  }
  return at;
}

function keyOffset(root: Tree, path: Path): number {
  const parent = treeAt(root, path.slice(0, -1));
  return parent?.entries?.get(String(path.at(-1)))?.keyOffset ?? parent?.offset ?? 0;
}
