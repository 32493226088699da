import { env } from 'node:process';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { exampleText } from '../../test/policy-example.js';
import type { PolicyProblemCode } from './policy-problem.js';
import { readPolicy } from './read-policy.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const read = (text: string | Uint8Array) =>
  readPolicy({
    bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
    file: 'p.yaml',
    directory: '/etc/mprog',
  });
/** Each problem as `line:column code message`. */
const problemsOf = (text: string | Uint8Array) =>
  read(text).problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
/** The example with one line exchanged; lines count from 1. */
const withLine = (line: number, ...instead: string[]) =>
  exampleText
    .split('\n')
    .toSpliced(line - 1, 1, ...instead)
    .join('\n');

describe('the example', () => {
  test('is read without a word', () => {
    expect(read(exampleText).problems).toEqual([]);
  });

  test('is what it says', () => {
    const { policy } = read(exampleText);
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
    const { policy, problems } = read(
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
    expect(read(shared).policy?.hooks[1]?.devices).toMatchObject([{ text: 'eth0' }]);
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
    [
      'too many bytes',
      new Uint8Array(4 * 1024 * 1024 + 1),
      '1:1 ERR_TEXT it has 4194305 bytes, and a policy has at most 4194304',
    ],
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
    expect(read(text).policy).toBeNull();
  });

  test('deep nesting', () => {
    expect(problemsOf(`version: 1\nhooks: ${'['.repeat(5000)}`)).toEqual([
      '2:40 ERR_SYNTAX this is more than 32 levels deep',
    ]);
  });
});

const hook = (line: string) => withLine(16, `    ${line}`, '    order: [telemetry, firewall, cni]');

describe('one thing that is wrong', () => {
  test.each<[string, string, string]>([
    [
      'an unknown key',
      withLine(1, 'version: 1', 'vresion: 1'),
      '2:1 ERR_KEY there is no key "vresion"; did you mean version?',
    ],
    [
      'an unknown key that is like none',
      withLine(1, 'version: 1', 'quux: 1'),
      '2:1 ERR_KEY there is no key "quux"; keys are version, programs, hooks',
    ],
    [
      'an unknown key of a program',
      withLine(6, '    mapz: reuse'),
      '6:5 ERR_KEY there is no key "mapz"; did you mean maps?',
    ],
    [
      'an unknown key of a match',
      withLine(10, '    match: { name: x, pined: /p }'),
      '10:23 ERR_KEY there is no key "pined"; did you mean pinned?',
    ],
    [
      'an unknown key of a hook',
      hook('stratgy: gap').replace('    strategy: overlap\n', ''),
      '16:5 ERR_KEY there is no key "stratgy"; did you mean strategy?',
    ],
    [
      'an unknown key of a constraint',
      withLine(18, '      - firewall: { befor: [cni] }'),
      '18:21 ERR_KEY there is no key "befor"; did you mean before?',
    ],
    [
      'a merge key',
      withLine(8, '    object: ./telemetry.o', '    <<: {maps: fresh}'),
      '9:5 ERR_KEY there is no key "<<"; keys are object, program, maps',
    ],
    [
      'a key in a wide script',
      withLine(16, '    "\u{1F525}é": 1', '    order: [telemetry, firewall, cni]'),
      '16:5 ERR_KEY there is no key "\u{1F525}é"; keys are on, devices, namespaces, order, constraints, first, last, others, attach, strategy',
    ],
    [
      'a value behind a wide script',
      withLine(10, '    match: { name: "\u{1F525}é", tag: x }'),
      '10:31 ERR_VALUE tag has 16 hexadecimal digits, and this is "x"',
    ],
    [
      'a key twice',
      withLine(19, '    first: telemetry', '    first: firewall'),
      '20:5 ERR_KEY first is given twice; first at p.yaml:19:5',
    ],
    [
      'a program twice',
      withLine(7, '  firewall: { object: x.o }', '  telemetry:'),
      '7:3 ERR_KEY firewall is given twice; first at p.yaml:3:3',
    ],
    ['another version', withLine(1, 'version: 2'), '1:10 ERR_VALUE version is 1, and this is 2'],
    ['a version in words', withLine(1, 'version: "1"'), '1:10 ERR_VALUE version is 1, and this is "1"'],
    ['no version', withLine(1, '# none'), '2:1 ERR_KEY version is missing'],
    ['no hooks', 'version: 1\nprograms: {}\n', '1:1 ERR_KEY hooks is missing'],
    [
      'an empty value',
      withLine(16, '    order:'),
      '16:11 ERR_VALUE order wants a list, and nothing stands there',
    ],
    [
      'a word for a list',
      withLine(14, '    devices: eth0'),
      '14:14 ERR_VALUE devices wants a list, not a text; write ["eth0"]',
    ],
    ['a list for a word', withLine(8, '    object: [a.o]'), '8:13 ERR_VALUE object wants a text, not a list'],
    [
      'a mapping for a list',
      withLine(14, '    devices: {a: 1}'),
      '14:14 ERR_VALUE devices wants a list, not a mapping',
    ],
    [
      'a number for a word',
      withLine(14, '    devices: [eth0, 0x1F]'),
      '14:21 ERR_VALUE item 2 of devices wants a text, and 0x1F is a number; write "0x1F"',
    ],
    [
      'a tag of decimal digits',
      withLine(10, '    match: { tag: 1234567890123456 }'),
      '10:19 ERR_VALUE tag wants a text, and 1234567890123456 is a number; write "1234567890123456"',
    ],
    [
      'a tag that looks like a float',
      withLine(10, '    match: { tag: 12345678901234e5 }'),
      '10:19 ERR_VALUE tag wants a text, and 12345678901234e5 is a number; write "12345678901234e5"',
    ],
    [
      'a truth for a word',
      withLine(19, '    first: true'),
      '19:12 ERR_VALUE first wants a text, and true is true or false; write "true"',
    ],
    [
      'a word for a truth',
      withLine(11, '    optional: yes'),
      '11:15 ERR_VALUE optional wants true or false, not a text',
    ],
    [
      'a fraction',
      withLine(10, '    match: { id: 1.5 }'),
      '10:18 ERR_VALUE id wants a whole number, not 1.5',
    ],
    [
      'a number that is too small',
      withLine(10, '    match: { link: 0 }'),
      '10:20 ERR_VALUE link is from 1 to 2147483647, and this is 0',
    ],
    [
      'a number that is too large',
      withLine(10, '    match: { link: 2147483648 }'),
      '10:20 ERR_VALUE link is from 1 to 2147483647, and this is 2147483648',
    ],
    [
      'a word that is none of a few',
      withLine(6, '    maps: frsh'),
      '6:11 ERR_VALUE maps takes reuse or fresh, not frsh; did you mean fresh?',
    ],
    [
      'an unknown direction',
      withLine(13, '  - on: tcx/ingres'),
      '13:9 ERR_VALUE on: tcx/ingres is no hook; did you mean tcx/ingress?',
    ],
    [
      'an unknown direction that is like none',
      withLine(13, '  - on: netkit/xyz'),
      '13:9 ERR_VALUE on: netkit/xyz is no hook; there are netkit/primary or netkit/peer',
    ],
    [
      'an unknown layer',
      withLine(13, '  - on: xdp'),
      '13:9 ERR_VALUE on takes LAYER/DIRECTION, tcx/ingress for example, not xdp',
    ],
    [
      'an empty list',
      withLine(14, '    devices: []'),
      '14:14 ERR_VALUE devices is an empty list; leave it out',
    ],
    ['an empty word', withLine(14, '    devices: [""]'), '14:15 ERR_VALUE item 1 of devices is empty'],
    [
      'a NUL in quotes',
      withLine(14, '    devices: ["a\\0"]'),
      '14:15 ERR_VALUE item 1 of devices holds a NUL character',
    ],
    ['a match of nothing', withLine(10, '    match: {}'), '10:12 ERR_VALUE match is empty'],
    ['a constraint of nothing', withLine(18, '      - firewall: {}'), '18:19 ERR_VALUE firewall is empty'],
    [
      'a name with a blank',
      withLine(7, '  "a b": { object: x.o }', '  telemetry:'),
      '7:3 ERR_KEY a b is no name of a program; a name has 1 to 64 of A-Z a-z 0-9 _ -',
    ],
    [
      'a program that is nothing',
      withLine(8, '    maps: fresh'),
      '8:5 ERR_KEY telemetry needs one of object, pinned, match',
    ],
    [
      'a program of two things',
      withLine(8, '    object: ./telemetry.o', '    pinned: /sys/fs/bpf/x'),
      '9:5 ERR_KEY telemetry has object and pinned, and takes one of them',
    ],
    [
      'a program as a word',
      withLine(7, '  telemetry: telemetry.o').replace('    object: ./telemetry.o\n', ''),
      '7:14 ERR_VALUE telemetry wants a mapping, not a text',
    ],
    [
      'maps of a pinned program',
      withLine(8, '    pinned: /sys/fs/bpf/x', '    maps: fresh'),
      '9:5 ERR_KEY maps belongs to a program with object',
    ],
    [
      'optional for an object',
      withLine(8, '    object: ./telemetry.o', '    optional: true'),
      '9:5 ERR_KEY optional belongs to a program with match',
    ],
    [
      'a namespace of a cgroup hook',
      withLine(13, '  - on: cgroup/sock_ops').replace('devices: [eth0, "veth*"]', 'cgroups: [/app]'),
      '15:5 ERR_KEY namespaces belongs to hooks of devices, and a cgroup is on no device and in no network namespace',
    ],
    [
      'cgroups of a hook of devices',
      withLine(15, '    cgroups: [/app]'),
      '15:5 ERR_KEY cgroups belongs to hooks of cgroups',
    ],
    ['no devices', withLine(14, ''), '13:5 ERR_KEY devices is missing'],
    [
      'a hook as a word',
      'version: 1\nprograms: {}\nhooks: [tcx]\n',
      '3:9 ERR_VALUE item 1 of hooks wants a mapping, not a text',
    ],
    [
      'a namespace that is none',
      withLine(15, '    namespaces: [blue, "pid:x"]'),
      '15:24 ERR_VALUE read namespace "pid:x": pid: wants a number, not "x"',
    ],
    [
      'a cgroup without a slash',
      'version: 1\nprograms: {}\nhooks:\n- on: cgroup/sock_ops\n  cgroups: ["*", app]\n',
      '5:18 ERR_VALUE "app" is no path of a cgroup; it begins with /',
    ],
    [
      'an unknown program in order',
      withLine(16, '    order: [telemetry, firewal, cni]').replace(
        '      - firewall: { before: [cni] }',
        '      - firewall: { before: [cni] }',
      ),
      '16:24 ERR_UNKNOWN_PROGRAM programs names no "firewal"; did you mean firewall?',
    ],
    [
      'an unknown program in constraints',
      withLine(18, '      - nobody: { before: [cni] }'),
      '18:9 ERR_UNKNOWN_PROGRAM programs names no "nobody"; it names firewall, telemetry, cni',
    ],
    [
      'an unknown program behind before',
      withLine(18, '      - firewall: { before: [cmi] }'),
      '18:30 ERR_UNKNOWN_PROGRAM programs names no "cmi"; did you mean cni?',
    ],
    [
      'an unknown program in a claim',
      withLine(20, '    last: cnii'),
      '20:11 ERR_UNKNOWN_PROGRAM programs names no "cnii"; did you mean cni?',
    ],
    [
      'a program that is in order twice',
      withLine(16, '    order: [telemetry, firewall, telemetry, cni]'),
      '16:34 ERR_VALUE telemetry is in order twice',
    ],
    [
      'a program before itself',
      withLine(18, '      - firewall: { before: [firewall] }'),
      "18:30 ERR_CYCLE firewall can't run before itself",
    ],
    [
      'first behind something',
      withLine(19, '    first: firewall'),
      '19:12 ERR_CLAIM first: firewall contradicts order: telemetry before firewall (p.yaml:16:13)',
    ],
    [
      'last before something',
      withLine(20, '    last: firewall'),
      '20:11 ERR_CLAIM last: firewall contradicts order: firewall before cni (p.yaml:16:24)',
    ],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
    expect(read(text).policy).toBeNull();
  });

  test('devices of a cgroup hook, which needs cgroups', () => {
    const text = withLine(13, '  - on: cgroup/sock_ops');
    expect(problemsOf(text)).toEqual([
      '13:5 ERR_KEY cgroups is missing',
      '14:5 ERR_KEY devices belongs to hooks of devices, and a cgroup is on no device and in no network namespace',
      '15:5 ERR_KEY namespaces belongs to hooks of devices, and a cgroup is on no device and in no network namespace',
    ]);
  });

  test('has the same place with CR LF', () => {
    expect(problemsOf(withLine(18, '      - firewall: { befor: [cni] }').replaceAll('\n', '\r\n'))).toEqual([
      '18:21 ERR_KEY there is no key "befor"; did you mean before?',
    ]);
  });
});

describe('what contradicts', () => {
  test('circles are told as the chain of lines that make them', () => {
    const text = withLine(18, '      - cni: { before: [telemetry] }').replace(
      / {4}first.*\n {4}last.*\n/,
      '',
    );
    expect(problemsOf(text)).toEqual([
      '16:13 ERR_CYCLE these orders lead in a circle: telemetry before cni (p.yaml:16:13), cni before telemetry (p.yaml:18:25)',
    ]);
    const longer = [
      'version: 1',
      'programs: {a: {object: a.o}, b: {object: b.o}, c: {object: c.o}}',
      'hooks:',
      '- on: tcx/ingress',
      '  devices: [eth0]',
      '  constraints:',
      '  - a: { before: [b] }',
      '  - c: { after: [b] }',
      '  - a: { after: [c] }',
    ].join('\n');
    expect(problemsOf(longer)).toEqual([
      '7:19 ERR_CYCLE these orders lead in a circle: a before b (p.yaml:7:19), b before c (p.yaml:8:18), c before a (p.yaml:9:18)',
    ]);
  });

  test('one program at both ends of others', () => {
    const text =
      'version: 1\nprograms: {a: {object: a.o}, b: {object: b.o}}\nhooks:\n- on: tcx/ingress\n  devices: [eth0]\n  first: a\n  last: a\n';
    expect(problemsOf(text.replace('  first', '  order: [b]\n  first'))).toEqual([
      "8:9 ERR_CLAIM a can't be first (p.yaml:7:10) and last where b runs too",
    ]);
    expect(problemsOf(text)).toEqual(['2:30 WARN_UNUSED no hook names b']);
  });

  test('a program on hooks of different types, cited with the first', () => {
    const text = [
      'version: 1',
      'programs: {a: {object: a.o}, p: {pinned: /sys/fs/bpf/p}, m: {match: {name: x}}}',
      'hooks:',
      '- {on: tcx/ingress, devices: [eth0], order: [a, m]}',
      '- {on: netkit/peer, devices: [nk0], order: [a, m]}',
      '- {on: cgroup/inet_egress, cgroups: [/], order: [a, m]}',
      '- {on: cgroup/inet4_bind, cgroups: [/], order: [p]}',
      '- {on: cgroup/inet6_bind, cgroups: [/], order: [p]}',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      "6:50 ERR_PROGRAM_TYPE a is loaded once, and can't be for cgroup/inet_egress of type cgroup_skb and for tcx/ingress of type sched_cls (p.yaml:4:46); name a program for each",
      "8:49 ERR_PROGRAM_TYPE p is loaded once, and can't be for cgroup/inet6_bind of type cgroup_sock_addr and for cgroup/inet4_bind of type cgroup_sock_addr (p.yaml:7:49); name a program for each",
    ]);
  });

  test('everything at once, in the order of the file', () => {
    const text = [
      'version: 3',
      'programs:',
      '  a: { objekt: a.o }',
      '  b: { object: 7 }',
      '  b: { object: b.o }',
      'hooks:',
      '  - on: tcx/ingress',
      '    devices: [eth0]',
      '    order: [a, x]',
      '    constraints: [{ b: { before: [a] } }, { a: { before: [b] } }]',
      '    first: b',
      '  - on: nothing',
      '    colour: red',
    ].join('\n');
    expect(read(text).problems.map(({ line, column, code }) => [line, column, code])).toEqual<
      [number, number, PolicyProblemCode][]
    >([
      [1, 10, 'ERR_VALUE'],
      [3, 6, 'ERR_KEY'],
      [3, 8, 'ERR_KEY'],
      [4, 16, 'ERR_VALUE'],
      [5, 3, 'ERR_KEY'],
      [9, 16, 'ERR_UNKNOWN_PROGRAM'],
      [10, 35, 'ERR_CYCLE'],
      [11, 12, 'ERR_CLAIM'],
      [12, 5, 'ERR_KEY'],
      [13, 5, 'ERR_KEY'],
    ]);
  });

  test('a program that no hook names is a warning, and the policy is one', () => {
    const { policy, problems } = read('version: 1\nprograms:\n  a: { object: a.o }\nhooks: []\n');
    expect(problems).toEqual([
      {
        severity: 'warning',
        code: 'WARN_UNUSED',
        message: 'no hook names a',
        file: 'p.yaml',
        line: 3,
        column: 3,
      },
    ]);
    expect(policy?.programs.has('a')).toBe(true);
  });

  test('many wrong names are told fast', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `program-${index}`);
    const text = `version: 1\nprograms:\n${names.map((name) => `  ${name}: {object: a.o}\n`).join('')}hooks:\n${names.map((name) => `- {on: tcx/ingress, devices: [eth0], order: [x${name}]}\n`).join('')}`;
    expect(read(text).problems.filter(({ code }) => code === 'ERR_UNKNOWN_PROGRAM')).toHaveLength(3000);
  });

  test('an order that is too long is one error, not the pairs of it', () => {
    const order = Array.from({ length: 20_000 }, (_, index) => `p${index}`).join(', ');
    const { problems } = read(
      `version: 1\nprograms: {}\nhooks:\n- on: tcx/ingress\n  devices: [eth0]\n  order: [${order}]\n`,
    );
    expect(problems.find(({ code }) => code === 'ERR_VALUE')).toMatchObject({
      line: 6,
      column: 10,
      message: 'order has more than 256 items',
    });
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
      const { policy, problems } = read(bytes);
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
