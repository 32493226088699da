import { env } from 'node:process';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { exampleText } from '../../test/policy-example.js';
import { problemsOf, readText } from '../../test/policy-problems.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);

describe('the example', () => {
  test('is read without a word', () => {
    expect(readText(exampleText).problems).toEqual([]);
  });

  test('is what it says', () => {
    const { policy } = readText(exampleText);
    expect([...(policy?.programs.values() ?? [])]).toEqual([
      {
        kind: 'object',
        name: 'firewall',
        path: '/etc/mprog/firewall.o',
        program: 'fw_main',
        maps: 'reuse',
        source: { where: 'p.yaml:3:3', words: 'programs: firewall' },
      },
      {
        kind: 'object',
        name: 'telemetry',
        path: '/etc/mprog/telemetry.o',
        program: null,
        maps: 'reuse',
        source: { where: 'p.yaml:7:3', words: 'programs: telemetry' },
      },
      {
        kind: 'match',
        name: 'cni',
        match: { name: 'cil_from_*', tag: null, pinned: null, link: null, id: null },
        optional: true,
        many: false,
        source: { where: 'p.yaml:9:3', words: 'programs: cni' },
      },
    ]);
    const [hook] = policy?.hooks ?? [];
    expect(hook).toMatchObject({
      on: { layer: 'tcx', direction: 'ingress' },
      devices: [{ text: 'eth0' }, { text: 'veth*', source: { where: 'p.yaml:14:21' } }],
      cgroups: null,
      namespaces: [{ text: 'blue' }],
      order: ['telemetry', 'firewall', 'cni'],
      first: { key: 'telemetry', source: { where: 'p.yaml:19:12', words: 'first: telemetry' } },
      last: { key: 'cni', source: { where: 'p.yaml:20:11', words: 'last: cni' } },
      others: 'keep',
      attach: 'link',
      strategy: 'overlap',
      names: ['telemetry', 'firewall', 'cni'],
      source: { where: 'p.yaml:13:5', words: 'hooks: tcx/ingress' },
    });
    expect(hook?.constraints).toEqual([
      {
        before: 'telemetry',
        after: 'firewall',
        source: { where: 'p.yaml:16:13', words: 'order: telemetry before firewall' },
      },
      // What stands between two programs may be absent, so each pair is one.
      {
        before: 'telemetry',
        after: 'cni',
        source: { where: 'p.yaml:16:13', words: 'order: telemetry before cni' },
      },
      {
        before: 'firewall',
        after: 'cni',
        source: { where: 'p.yaml:16:24', words: 'order: firewall before cni' },
      },
      {
        before: 'firewall',
        after: 'cni',
        source: { where: 'p.yaml:18:30', words: 'constraints: firewall before cni' },
      },
    ]);
    expect(Object.isFrozen(policy) && Object.isFrozen(hook)).toBe(true);
  });

  test('has defaults where it says nothing', () => {
    const { policy, problems } = readText(
      'version: 1\nprograms:\n  a: { object: /x/a.o }\n  b: { match: { tag: "00AA00bb00cc00dd" } }\nhooks:\n- { on: cgroup/sock_ops, cgroups: [/], order: [a, b] }\n',
    );
    expect(problems).toEqual([]);
    expect(policy?.programs.get('a')).toMatchObject({ path: '/x/a.o', program: null, maps: 'reuse' });
    expect(policy?.programs.get('b')).toMatchObject({
      match: { tag: '00aa00bb00cc00dd' },
      optional: false,
      many: false,
    });
    expect(policy?.hooks[0]).toMatchObject({
      devices: null,
      cgroups: [{ text: '/' }],
      namespaces: null,
      first: null,
      last: null,
      others: 'keep',
      attach: 'link',
      strategy: 'overlap',
    });
  });

  test('may be JSON, end in CR LF, begin with a byte order mark and share by aliases', () => {
    expect(problemsOf('{"version": 1, "programs": {}, "hooks": []}')).toEqual([]);
    expect(problemsOf(exampleText.replaceAll('\n', '\r\n'))).toEqual([]);
    expect(problemsOf(`\ufeff${exampleText}`)).toEqual([]);
    const shared =
      'version: 1\nprograms: {a: {object: a.o}}\nhooks:\n- {on: tcx/ingress, devices: &d [eth0], order: [a]}\n- {on: tcx/egress, devices: *d, order: [a]}\n';
    expect(readText(shared).policy?.hooks[1]?.devices).toMatchObject([{ text: 'eth0' }]);
  });
});

describe('what is no policy at all', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', '1:1 ERR_SYNTAX nothing stands in it'],
    ['blank lines', '\n\n', '1:1 ERR_SYNTAX nothing stands in it'],
    ['an object file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), '1:1 ERR_TEXT character U+007F is no text'],
    [
      'bytes on the third line',
      Uint8Array.from(Buffer.from('a: 1\nb: é\nc: \xff', 'latin1')),
      '2:4 ERR_TEXT byte 0xe9 is no UTF-8 text',
    ],
    ['too many bytes', new Uint8Array(4 * 1024 * 1024 + 1), '1:1 ERR_TEXT it has more than 4194304 bytes'],
    ['a word', 'hello', '1:1 ERR_VALUE the policy wants a mapping, not a text'],
    ['a number', '# x\n 12\n', '2:2 ERR_VALUE the policy wants a mapping, not 12'],
    ['a list', '\n- a\n', '2:1 ERR_VALUE the policy wants a mapping, not a list'],
    ['null', '---\n', '1:4 ERR_VALUE the policy wants a mapping, and nothing stands there'],
    [
      'a tab',
      exampleText.replace('  firewall:', '\tfirewall:'),
      '3:1 ERR_SYNTAX a tab indents this line; YAML is indented with spaces',
    ],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
    expect(readText(text).policy).toBeNull();
  });

  test('deep nesting', () => {
    expect(problemsOf(`version: 1\nhooks: ${'['.repeat(5000)}`)).toEqual([
      '2:40 ERR_SYNTAX this is more than 32 levels deep',
    ]);
  });
});

test(`any change of the example is read or refused inside of it (seed ${seed}, MPROG_SEED sets another)`, () => {
  const edit = fc.record({
    at: fc.nat(exampleText.length),
    gone: fc.nat(12),
    put: fc.oneof(
      fc.string({ maxLength: 6, unit: 'binary' }),
      fc.constantFrom(
        '\n',
        '\t',
        ' ',
        ':',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&a ',
        '*a',
        '!t ',
        '? ',
        '|',
        '>',
        '#',
        '---\n',
        '\r',
        '\0',
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = exampleText;
      for (const { at, gone, put } of edits) text = text.slice(0, at) + put + text.slice(at + gone);
      const bytes = new TextEncoder().encode(text);
      const { policy, problems } = readText(bytes);
      expect(policy === null).toBe(problems.some(({ severity }) => severity === 'error'));
      const lines = new TextDecoder().decode(bytes).split('\n');
      for (const { line, column, message } of problems) {
        expect(message).not.toBe('');
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual([...lines[line - 1]!].length + 1);
      }
    }),
    { seed, numRuns: 1000 },
  );
});
