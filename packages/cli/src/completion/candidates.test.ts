import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandTable } from '../command-table.js';
import { type Ask, candidates } from './candidates.js';

const asked: { kind: string; given: Record<string, string>; arguments: readonly string[] }[] = [];
const ask: Ask = async (kind, position) => {
  asked.push({ kind, given: Object.fromEntries(position.given), arguments: position.arguments });
  return [
    { word: `id:1`, meaning: 'one' },
    { word: `tcx/ingress@eth0`, meaning: 'two' },
  ];
};
const words = async (...line: string[]) =>
  (await candidates(line, commandTable, ask)).map(({ word }) => word);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-completion-'));
  mkdirSync(join(directory, 'deep'));
  for (const name of ['fw.o', 'host.json', '.hidden', 'deep/x.o']) writeFileSync(join(directory, name), '');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('completion of words of commands', () => {
  test('offers every command and group once, but not the hidden one', async () => {
    const found = await words('');
    expect(found).toEqual([...new Set(found)]);
    expect(found).toEqual(expect.arrayContaining(['ls', 'attach', 'link', 'simulate', 'help']));
    expect(found).not.toContain('__complete');
  });

  test.each([
    [['li'], ['link']],
    [
      ['link', 'p'],
      ['pin', 'prune'],
    ],
    [['-o', 'json', 'sim'], ['simulate']],
    [
      ['simulate', 'device', ''],
      ['add', 'remove', 'move'],
    ],
    [
      ['help', 'program', 'l'],
      ['ls', 'load'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('%j', async (line, found) => {
    expect((await words(...line)).sort()).toEqual([...found].sort());
  });
});

test('words of commands come with what they do', async () => {
  expect(await candidates(['link', 'det'], commandTable, ask)).toEqual([
    { word: 'detach', meaning: 'detach what a link holds, and remove our pins of it' },
  ]);
});

describe('completion of options', () => {
  test('offers those of the command and those of every command', async () => {
    expect(await words('attach', 'h', 'p', '--b')).toEqual(['--before']);
    expect(await words('attach', '--n')).toEqual(['--netns', '--no-color']);
    expect(await words('demo', '--')).toEqual(['--kernel', '--no-color', '--help']);
  });

  test('leaves out what is given already, unless it may be given again', async () => {
    expect(await words('attach', '--link', '--before', 'id:1', '--l')).toEqual(['--last']);
    expect(await words('attach', '--before', 'id:1', '--be')).toEqual(['--before']);
  });

  test.each([
    [
      ['ls', '-o', ''],
      ['text', 'json'],
    ],
    [['ls', '--output=j'], ['--output=json']],
    [
      ['--kernel', ''],
      ['linux', 'simulated:'],
    ],
  ])('values: %j', async (line, found) => {
    expect(await words(...line)).toEqual(found);
  });
});

describe('completion of what lives in the kernel', () => {
  test.each([
    [['show', ''], 'attached hook', []],
    [['attach', 'tcx'], 'hook', []],
    [['attach', 'h', ''], 'program', ['h']],
    [['attach', 'h', 'p', '--before', ''], 'reference', ['h', 'p']],
    [['detach', 'h', '--force', ''], 'reference', ['h']],
    [['link', 'show', ''], 'link', []],
    [['ls', 'eth0', ''], 'attached hook', ['eth0']],
    [['ls', '--netns', ''], 'namespace', []],
    [['simulate', 'device', 'move', 'eth0', ''], 'namespace', ['eth0']],
  ])('%j asks for %s', async (line, kind, args) => {
    asked.length = 0;
    await words(...line);
    expect(asked).toMatchObject([{ kind, arguments: args }]);
  });

  test('asks the kernel that the line names', async () => {
    asked.length = 0;
    await words('--kernel', 'simulated:/x', 'show', '--netns=blue', '');
    expect(asked[0]?.given).toEqual({ kernel: 'simulated:/x', netns: 'blue' });
  });

  test('offers only what begins with what was typed', async () => {
    expect(await words('show', 'tcx/')).toEqual(['tcx/ingress@eth0']);
  });

  test.each([[['show', 'h', '']], [['link', 'ls', '']], [['attach', '--revision', '']]])(
    '%j: nothing',
    async (line) => {
      expect(await words(...line)).toEqual([]);
    },
  );
});

describe('completion of files', () => {
  test('offers objects and directories for a program', async () => {
    expect(await words('attach', 'h', `${directory}/`)).toEqual([`${directory}/deep/`, `${directory}/fw.o`]);
  });

  test('offers every file behind simulated:', async () => {
    expect(await words('--kernel', `simulated:${directory}/h`)).toEqual([`simulated:${directory}/host.json`]);
  });

  test('offers hidden files only where a dot was typed, and nothing where there is nothing', async () => {
    expect(await words('conformance', 'replay', `${directory}/.`)).toEqual([`${directory}/.hidden`]);
    expect(await words('conformance', 'replay', `${directory}/none/`)).toEqual([]);
  });
});
