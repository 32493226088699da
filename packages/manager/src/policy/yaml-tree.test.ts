import { describe, expect, test, vi } from 'vitest';
import { readYamlTree } from './yaml-tree.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

describe('a document', () => {
  test('is plain data with the place of everything in it', () => {
    const { tree, problems } = readYamlTree('a: 1\nb:\n  - x\n  - [y, "z"]\n0x10: null\n');
    expect(problems).toEqual([]);
    expect(JSON.parse(JSON.stringify(tree?.value))).toEqual({ a: 1, b: ['x', ['y', 'z']], '0x10': null });
    const b = tree?.entries?.get('b');
    expect(b?.keyOffset).toBe(5);
    expect(b?.tree.items?.map(({ offset }) => offset)).toEqual([12, 18]);
    expect(b?.tree.items?.[1]?.items?.map(({ offset, source }) => [offset, source])).toEqual([
      [19, 'y'],
      [22, null],
    ]);
    expect(tree?.entries?.get('0x10')?.keyOffset).toBe(27);
  });

  test('knows where a value is missing', () => {
    const { tree } = readYamlTree('a:\nb: 1\n');
    expect(tree?.entries?.get('a')?.tree).toMatchObject({ value: null, source: '', offset: 2 });
  });

  test('has no prototype in its mappings', () => {
    const { tree } = readYamlTree('constructor: 1\ntoString: 2\n');
    expect(Object.getPrototypeOf(tree?.value)).toBeNull();
    expect(Object.keys(tree?.value as object)).toEqual(['constructor', 'toString']);
  });

  test('an alias stands for the last anchor of its name above it', () => {
    const { tree, problems } = readYamlTree('a: &x [1]\nb: *x\nc: &x 2\nd: *x\n&k key: *k\n');
    expect(problems).toEqual([]);
    expect(JSON.parse(JSON.stringify(tree?.value))).toEqual({ a: [1], b: [1], c: 2, d: 2, key: 'key' });
    // What it stands for is where it is written.
    expect(tree?.entries?.get('b')?.tree.offset).toBe(tree?.entries?.get('a')?.tree.offset);
  });
});

describe('is refused with its place', () => {
  test.each([
    ['an empty text', '', 0, 'nothing stands in it'],
    ['comments alone', '# one\n# two\n', 0, 'nothing stands in it'],
    ['a second document', 'a: 1\n---\nb: 2\n', 5, 'a second document begins here; a policy is one'],
    ['YAML 1.1', '# x\n%YAML 1.1\n---\na: 1\n', 4, 'a policy is YAML 1.2'],
    ['a tag of its own', 'a: !mine 1\n', 3, 'unresolved tag: !mine'],
    ['a binary', 'a: !!binary aGk=\n', 3, 'unresolved tag: tag:yaml.org,2002:binary'],
    ['a tab', 'a:\n\tb: 1\n', 3, 'a tab indents this line; YAML is indented with spaces'],
    [
      'a missing colon',
      'a: 1\nfoo\nb: 2\n',
      5,
      'a colon is missing behind this key, or the line is indented wrongly',
    ],
    ['a list as a key', 'a: 1\n? [x]\n: 2\n', 7, 'a key is a word'],
    ['no key', 'a: 1\n: 2\n', 5, 'a key is a word'],
    ['an alias without anchor', 'a: 1\nb: *nobody\n', 8, 'no anchor &nobody stands above'],
    ['an alias before its anchor', 'a: *x\nb: &x 1\n', 3, 'no anchor &x stands above'],
    [
      'an alias inside of what it stands for',
      'a: &x [1, *x]\n',
      10,
      '*x stands inside of what it stands for',
    ],
    ['one further inside', 'a: &x {b: {c: *x}}\n', 14, '*x stands inside of what it stands for'],
    ['a quote that nothing closes', 'a: "x\nb: 3\n', 11, 'missing closing "quote'],
  ])('%s', (_, text, offset, message) => {
    const { tree, problems } = readYamlTree(text);
    expect(tree).toBeNull();
    expect(problems).toEqual([{ offset, message, code: 'ERR_SYNTAX' }]);
  });

  test('a list that nothing closes', () => {
    const { tree, problems } = readYamlTree('a: [1, 2\nb: 3\n');
    expect(tree).toBeNull();
    expect(problems).toMatchObject([{ offset: 9, code: 'ERR_SYNTAX' }]);
  });

  test('every line that has a mistake, once', () => {
    const { problems } = readYamlTree('a:\n  - x\n\t- y\nb: 1\nc\nd: 2\n');
    const lines = problems.map(
      ({ offset }) => 'a:\n  - x\n\t- y\nb: 1\nc\nd: 2\n'.slice(0, offset).split('\n').length,
    );
    expect(lines).toEqual([...new Set(lines)]);
    expect(lines).toContain(3);
  });
});

describe('keys', () => {
  test('that are given twice are told with the first place; the first one counts', () => {
    const { tree, problems } = readYamlTree('a: 1\nb: 2\na: 3\n"b": 4\n');
    expect(problems).toEqual([
      { offset: 10, message: 'a is given twice', code: 'ERR_KEY', first: 0 },
      { offset: 15, message: 'b is given twice', code: 'ERR_KEY', first: 5 },
    ]);
    expect({ ...(tree?.value as object) }).toEqual({ a: 1, b: 2 });
  });

  test('of a merge are keys like others', () => {
    const { tree } = readYamlTree('a: &x {b: 1}\nc:\n  <<: *x\n');
    expect([...(tree?.entries?.get('c')?.tree.entries?.keys() ?? [])]).toEqual(['<<']);
  });

  test('never are __proto__', () => {
    const { tree, problems } = readYamlTree('a: 1\n__proto__: {b: 2}\n');
    expect(problems).toEqual([{ offset: 5, message: 'nothing may be called __proto__', code: 'ERR_KEY' }]);
    expect(Object.keys(tree?.value as object)).toEqual(['a']);
  });

  test('are found fast among many', () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(readYamlTree(text).tree?.entries?.size).toBe(50_000);
  });
});

describe('bombs', () => {
  test.each([
    ['brackets', '['.repeat(100_000), 32],
    ['dashes', `${'- '.repeat(100_000)}x`, 64],
    ['braces', '{a: '.repeat(100_000), 32 * 4],
    ['questions', `${'? '.repeat(100_000)}x`, 64],
  ])('%s: one problem, behind 32 levels', (_, text, least) => {
    const { tree, problems } = readYamlTree(text);
    expect(tree).toBeNull();
    expect(problems).toMatchObject([{ message: 'this is more than 32 levels deep' }]);
    expect(problems[0]!.offset).toBeGreaterThanOrEqual(least);
    expect(problems[0]!.offset).toBeLessThan(2 * least + 8);
  });

  test('aliases of aliases end at the first one that is too much', () => {
    const lines = ['l0: &l0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level <= 12; level++) {
      const above = `*l${level - 1}`;
      lines.push(`l${level}: &l${level} [${Array.from({ length: 10 }, () => above).join(', ')}]`);
    }
    const text = lines.join('\n');
    const { tree, problems } = readYamlTree(text);
    expect(tree).toBeNull();
    expect(problems).toHaveLength(1);
    const [{ offset, message } = { offset: 0, message: '' }] = problems;
    expect(message).toBe('aliases stand for more than 100000 values up to this one');
    expect(text.slice(offset, offset + 3)).toBe('*l3');
  });

  test('what is allowed is allowed: 32 levels, and many aliases', () => {
    expect(readYamlTree(`${'['.repeat(32)}${']'.repeat(32)}`).problems).toEqual([]);
    const text = `a: &a [x, y]\nb: [${Array.from({ length: 30_000 }, () => '*a').join(', ')}]`;
    expect(readYamlTree(text).tree?.entries?.get('b')?.tree.items).toHaveLength(30_000);
  });
});
