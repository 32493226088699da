import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { hook, SimulatedHost } from '../test/simulated-host.js';
import { main } from './main.js';

const host = new SimulatedHost();
const { attach, run } = host;
beforeEach(host.setUp);
afterEach(host.tearDown);

describe('the state file', () => {
  test('is made by what adds something, and by nothing else', async () => {
    const fresh = join(host.directory, 'fresh.json');
    for (const words of [
      ['ls'],
      ['simulate', 'device', 'remove', 'eth0'],
      ['attach', hook, objectPath('firewall')],
      ['simulate', 'device', 'add', 'a/b'],
    ]) {
      const terminal = recordedTerminal();
      expect(await main(['--kernel', `simulated:${fresh}`, ...words], terminal)).toBe(1);
      expect(terminal.complained()).toMatch(/^mprog: [^\n]+\n$/);
    }
    expect(readdirSync(host.directory).filter((name) => name.startsWith('fresh'))).toEqual([]);
    const terminal = recordedTerminal();
    expect(
      await main(
        ['--kernel', `simulated:${fresh}`, 'simulate', 'cgroup', 'add', '/app', '-o', 'json'],
        terminal,
      ),
    ).toBe(0);
    expect(JSON.parse(terminal.written())).toMatchObject({ created: fresh, added: 'cgroup', path: '/app' });
  });

  test.each([
    ['cut', () => truncateSync(host.file, 400)],
    ['empty', () => truncateSync(host.file, 0)],
    ['followed by something', () => appendFileSync(host.file, 'x')],
    ['another kind of file', () => writeFileSync(host.file, '{"hello":1}')],
  ])('that is %s is named, kept and not changed', async (_, damage) => {
    damage();
    const bytes = readFileSync(host.file);
    for (const words of [
      ['ls'],
      ['attach', hook, objectPath('firewall')],
      ['simulate', 'device', 'add', 'eth1'],
    ]) {
      const { status, stderr } = await run(...words);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^mprog: [^\n]*damaged[^\n]*\n$/);
      expect(readFileSync(host.file)).toEqual(bytes);
    }
  });
});

describe('conformance replay', () => {
  test('replays on the simulated kernel without being asked to, and says so', async () => {
    const terminal = recordedTerminal();
    expect(await main(['conformance', 'replay', 'tcx-001'], terminal)).toBe(0);
    const lines = terminal.written().trimEnd().split('\n');
    expect(lines[0]).toMatch(/simulated kernel/);
    expect(lines.at(-1)).toMatch(/^1 traces, \d+ operations, 0 mismatches$/);
  });

  test('a file that is no trace is named, and the last line is the same', async () => {
    const path = join(host.directory, 'bad.jsonl');
    writeFileSync(path, 'not a trace\n');
    const terminal = recordedTerminal();
    expect(await main(['conformance', 'replay', path], terminal)).toBe(1);
    expect(terminal.written()).toContain('bad.jsonl');
    expect(terminal.written().trimEnd().split('\n').at(-1)).toBe('0 traces, 0 operations, 0 mismatches');
  });

  test('a state file is no kernel to replay on', async () => {
    const { status, stderr } = await run('conformance', 'replay', 'tcx-001');
    expect(status).toBe(2);
    expect(stderr).toMatch(/takes linux or simulated, not "simulated:.*uses no state file/);
  });
});

describe('without a kernel', () => {
  test('version has the versions', async () => {
    const terminal = recordedTerminal();
    expect(await main(['version', '-o', 'json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.written())).toMatchObject({
      version: 1,
      mprog: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
    });
  });

  test('--version is version', async () => {
    const terminal = recordedTerminal();
    expect(await main(['--version', '-q'], terminal)).toBe(0);
    expect(terminal.written()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('wrong usage is exit status 2 and one line', async () => {
    const terminal = recordedTerminal();
    expect(await main(['show'], terminal)).toBe(2);
    expect(terminal.complained()).toBe('mprog: show: HOOK is missing; usage: mprog show HOOK\n');
  });

  test('help of what is no command is exit status 2', async () => {
    const terminal = recordedTerminal();
    expect(await main(['help', 'atach'], terminal)).toBe(2);
    expect(terminal.complained()).toMatch(/did you mean attach\?/);
  });

  test('colours only on a terminal, and not with --no-color or NO_COLOR', async () => {
    await attach('firewall');
    const shown = async (words: string[], environment: Record<string, string>, columns?: number) => {
      const terminal = recordedTerminal({ environment, ...(columns === undefined ? {} : { columns }) });
      await main(['--kernel', `simulated:${host.file}`, 'ls', ...words], terminal);
      return terminal.written();
    };
    const mark = '\u001b[';
    expect(await shown([], {}, 80)).toContain(mark);
    expect(await shown([], {})).not.toContain(mark);
    expect(await shown(['--no-color'], {}, 80)).not.toContain(mark);
    expect(await shown([], { NO_COLOR: '1' }, 80)).not.toContain(mark);
  });
});
