import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandTable } from '../command-table.js';
import { usageLine } from './usage.js';

const reference = readFileSync(new URL('../../../../docs/command.md', import.meta.url), 'utf8');
const lines = new Set(reference.split('\n'));

test.each(commandTable.commands.filter(({ hidden }) => !hidden).map((command) => [usageLine(command)]))(
  'docs/command.md has the usage line: %s',
  (line) => {
    expect(lines.has(line)).toBe(true);
  },
);

test.each(commandTable.options.map(({ name, short }) => [short === undefined ? `--${name}` : `-${short}`]))(
  'docs/command.md explains %s',
  (option) => {
    expect(reference).toMatch(new RegExp(`^\\| .*\`${option}[ \`]`, 'm'));
  },
);
