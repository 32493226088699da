import { describe, expect, test, vi } from 'vitest';
import { problemsOf, readText, withLine } from '../../test/policy-problems.js';
import type { PolicyProblemCode } from './policy-problem.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

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
    expect(readText(text).problems.map(({ line, column, code }) => [line, column, code])).toEqual<
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
    const { policy, problems } = readText('version: 1\nprograms:\n  a: { object: a.o }\nhooks: []\n');
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
    expect(readText(text).problems.filter(({ code }) => code === 'ERR_UNKNOWN_PROGRAM')).toHaveLength(3000);
  });

  test('an order that is too long is one error, not the pairs of it', () => {
    const order = Array.from({ length: 20_000 }, (_, index) => `p${index}`).join(', ');
    const { problems } = readText(
      `version: 1\nprograms: {}\nhooks:\n- on: tcx/ingress\n  devices: [eth0]\n  order: [${order}]\n`,
    );
    expect(problems.find(({ code }) => code === 'ERR_VALUE')).toMatchObject({
      line: 6,
      column: 10,
      message: 'order has more than 256 items',
    });
  });
});
