import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkJson } from '../../test/json-schema-check.js';
import { exampleText } from '../../test/policy-example.js';
import { policyJsonSchema } from './json-schema.js';
import { readPolicy } from './read-policy.js';

const schema = policyJsonSchema();
const inSchema = (text: string) => checkJson(schema, parse(text));
const isRead = (text: string) =>
  readPolicy({ bytes: new TextEncoder().encode(text), file: 'p.yaml', directory: '/' }).policy !== null;

const program = (body: string) => `version: 1\nprograms: { a: ${body} }\nhooks: []\n`;
const entry = (body: string) =>
  `version: 1\nprograms: { a: { object: a.o }, b: { object: b.o } }\nhooks: [{ ${body} }]\n`;

describe('the JSON Schema', () => {
  test('is of draft 7 and describes every key', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, one] of Object.entries(value as Record<string, { description?: string }>)) {
            if (!one.description) undescribed.push(`${path}/${name}`);
          }
        }
        walk(value, `${path}/${key}`);
      }
    };
    walk(schema, '');
    expect(undescribed).toEqual([]);
  });

  test('takes the example', () => {
    expect(inSchema(exampleText)).toEqual([]);
  });

  test.each([
    program('{ object: a.o, program: main, maps: fresh }'),
    program('{ pinned: /sys/fs/bpf/a }'),
    program(
      '{ match: { id: 7, link: 9, tag: "0123456789abcdef", pinned: /p, name: x }, optional: false, many: true }',
    ),
    'version: 1\nprograms: {}\nhooks: []\n',
    entry('on: cgroup/inet_egress, cgroups: ["/app*"], order: [a]'),
    entry(
      'on: netkit/peer, devices: [nk0], constraints: [{ a: { before: [b] } }], attach: program, others: report, strategy: gap',
    ),
  ])('and the reader take %s', (text) => {
    expect([inSchema(text), isRead(text)]).toEqual([[], true]);
  });

  test.each([
    '[]',
    'version: 1\nprograms: {}\n',
    'version: 2\nprograms: {}\nhooks: []\n',
    'version: "1"\nprograms: {}\nhooks: []\n',
    'version: 1\nprograms: {}\nhooks: []\nextra: 1\n',
    program('{}'),
    program('{ object: a.o, pinned: /p }'),
    program('{ object: a.o, optional: true }'),
    program('{ object: a.o, maps: old }'),
    program('{ object: "" }'),
    program('{ match: {} }'),
    program('{ match: { name: 1 } }'),
    program('{ match: { tag: xyz } }'),
    program('{ match: { id: 0 } }'),
    program('{ match: { link: 1.5 } }'),
    'version: 1\nprograms: { "a b": { object: a.o } }\nhooks: []\n',
    entry('on: tcx/ingress'),
    entry('on: tcx/ingress, cgroups: [/app]'),
    entry('on: tcx/sideways, devices: [eth0]'),
    entry('on: tcx/ingress, devices: []'),
    entry('on: tcx/ingress, devices: eth0'),
    entry('on: cgroup/sysctl, cgroups: [/], namespaces: [blue]'),
    entry('on: tcx/ingress, devices: [eth0], order: a'),
    entry('on: tcx/ingress, devices: [eth0], constraints: [{}]'),
    entry('on: tcx/ingress, devices: [eth0], constraints: [{ a: {} }]'),
    entry('on: tcx/ingress, devices: [eth0], constraints: [{ a: { before: [] } }]'),
    entry('on: tcx/ingress, devices: [eth0], others: kill'),
    entry('on: tcx/ingress, devices: [eth0], first: [a]'),
    entry('on: tcx/ingress, devices: [eth0], colour: red'),
  ])('and the reader refuse %s', (text) => {
    expect(inSchema(text)).not.toEqual([]);
    expect(isRead(text)).toBe(false);
  });
});
