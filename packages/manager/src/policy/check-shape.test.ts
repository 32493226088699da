import { describe, expect, test } from 'vitest';
import { problemsOf, readText, withLine } from '../../test/policy-problems.js';

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
      '11:15 ERR_VALUE optional wants true or false, not a text; write true',
    ],
    [
      'nothing for a truth',
      withLine(11, '    optional: null'),
      '11:15 ERR_VALUE optional wants true or false, not nothing',
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
      '15:24 ERR_VALUE read namespace "pid:x": pid: wants a number, not "x"; write it in decimal, for example pid:412',
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
    expect(readText(text).policy).toBeNull();
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
