import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateTrace } from '@mprog/conformance';
import { layers } from '@mprog/manager';
import { describe, expect, test } from 'vitest';
import { commandTable } from '../command-table.js';
import { commandHelp, groupHelp, overview } from './help.js';
import { parseCommandLine } from './parse.js';
import { usageLine } from './usage.js';
import { wrap } from './wrap.js';

const plain = (text: string) => text;
const visible = commandTable.commands.filter(({ hidden }) => !hidden);
const shellWords = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );

describe('the overview', () => {
  test.each([80, 140])('names every command and option of every command within %d columns', (width) => {
    const text = overview(commandTable, width, plain);
    for (const { path, summary } of visible) {
      expect(text).toMatch(new RegExp(`^ {2}${path.join(' ')} `, 'm'));
      expect(text.replace(/\s+/g, ' ')).toContain(summary);
    }
    for (const { name } of commandTable.options) expect(text).toContain(`--${name}`);
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toContain(` of a cgroup; TYPE is ${layers.cgroup.join(', ')} A device`);
    for (const direction of [...layers.tcx, ...layers.netkit]) expect(flat).toContain(`/${direction}`);
    expect(text).not.toContain('__complete');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});

describe.each(visible.map((command) => [command.path.join(' '), command] as const))(
  'help of %s',
  (name, command) => {
    test('has its usage, its arguments, its options and an example that is a right command line', () => {
      const text = commandHelp(command, commandTable, 80, plain);
      expect(text).toContain(`mprog ${name}: `);
      expect(text.replace(/\s+/g, ' ')).toContain(usageLine(command));
      for (const { summary } of [...command.arguments, ...command.options]) {
        expect(text.replace(/\s+/g, ' ')).toContain(summary);
      }
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) {
        expect(text).toContain(line);
        const words = shellWords(line.replace(/^source <\(|\)$| > .*$/g, ''));
        expect(words.shift()).toBe('mprog');
        const parsed = parseCommandLine(words, commandTable);
        expect(parsed).toMatchObject({ kind: 'run' });
        expect(parsed.kind === 'run' && parsed.invocation.command.path).toEqual(command.path);
      }
    });

    test('names those common options that it takes', () => {
      const text = commandHelp(command, commandTable, 80, plain);
      for (const option of commandTable.options) {
        const words = [...command.path, `--${option.name}`, ...(option.value === undefined ? [] : ['linux'])];
        const parsed = parseCommandLine(words, commandTable);
        const takes = parsed.kind !== 'wrong' || !parsed.message.includes('takes no option');
        expect([option.name, new RegExp(`^  (-., )?--${option.name}\\b`, 'm').test(text)]).toEqual([
          option.name,
          takes,
        ]);
      }
    });

    test('keeps to 80 columns, but for examples', () => {
      const text = commandHelp(command, commandTable, 80, plain);
      const lines = text.slice(0, text.indexOf('\nExamples:')).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    });
  },
);

test('the traces in examples are there', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const { examples } = commandTable.commands.find(({ path }) => path.join(' ') === 'conformance replay')!;
  expect(examples.length).toBeGreaterThan(0);
  for (const { line } of examples) {
    const parsed = parseCommandLine(shellWords(line).slice(1), commandTable);
    const words = parsed.kind === 'run' ? parsed.invocation.argumentList('FILE') : [];
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) {
      const first = join(root, word.replace('*', '001'));
      expect([word, existsSync(first) || existsSync(locateTrace(word))]).toEqual([word, true]);
    }
  }
});

describe('groups', () => {
  test('every first word of a longer command is one', () => {
    const prefixes = commandTable.commands.flatMap(({ path }) =>
      path.slice(0, -1).map((_, index) => path.slice(0, index + 1).join(' ')),
    );
    expect(new Set(commandTable.groups.map(({ path }) => path.join(' ')))).toEqual(new Set(prefixes));
  });

  test('commands of one first word stand together, and none is there twice', () => {
    const names = commandTable.commands.map(({ path }) => path.join(' '));
    expect(new Set(names).size).toBe(names.length);
    const firstWords = commandTable.commands.map(({ path: [word] }) => word);
    const runs = firstWords.filter((word, at) => word !== firstWords[at - 1]);
    expect(new Set(runs).size).toBe(runs.length);
  });

  test('help of one names its commands', () => {
    const link = commandTable.groups.find(({ path }) => path.join(' ') === 'link')!;
    const text = groupHelp(link, commandTable, 80, plain);
    for (const word of ['ls', 'show', 'update', 'detach', 'pin', 'unpin', 'prune'])
      expect(text).toContain(`link ${word} `);
    expect(text).not.toContain('program ls');
  });
});

describe('wrap', () => {
  test('breaks at spaces and indents', () => {
    expect(wrap('one two three', 9, 2)).toEqual(['  one two', '  three']);
  });

  test('leaves a word alone that is longer than the line', () => {
    expect(wrap('a incomprehensible b', 6, 0)).toEqual(['a', 'incomprehensible', 'b']);
  });
});
