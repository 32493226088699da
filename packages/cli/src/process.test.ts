import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandPath, runCommand } from '../test/run-command.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-process-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const built = (name: string) => new URL(`../dist/${name}`, import.meta.url).href;

/** Scripts that a command loaded, by what the engine's coverage says. */
function loadedBy(...words: string[]): {
  readonly status: number | null;
  readonly scripts: readonly string[];
} {
  const coverage = mkdtempSync(join(directory, 'coverage-'));
  const { status } = runCommand(words, [], { NODE_V8_COVERAGE: coverage });
  const scripts = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
  return { status, scripts };
}

describe('starting up', () => {
  test.each([
    [['version'], 0],
    [['help', 'attach'], 0],
    [['attach', '--help'], 0],
    [['completion', 'bash'], 0],
    [['__complete', 'att'], 0],
    [['lss'], 2],
    [['show'], 2],
    [['ls', '--netns'], 2],
  ])('%j loads neither kernel nor manager nor koffi', (words, status) => {
    const loaded = loadedBy(...words);
    expect(loaded.status).toBe(status);
    expect(loaded.scripts.some((url) => url.endsWith('/dist/command-table.js'))).toBe(true);
    const heavy = /packages\/(core|kernel|manager|conformance)\/|koffi/;
    // Modules that stand alone.
    const light = /packages\/(manager\/dist\/names\/nearest|core\/dist\/clip)\.js$/;
    expect(loaded.scripts.filter((url) => heavy.test(url) && !light.test(url))).toEqual([]);
  });

  test('a command loads its own module and no other', () => {
    const { scripts } = loadedBy('version');
    const commands = scripts.flatMap((url) => /\/dist\/commands\/(.*)$/.exec(url)?.[1] ?? []);
    expect(commands).toEqual(['version.js']);
  });

  test('a simulated host needs no koffi', () => {
    const { status, scripts } = loadedBy(
      '--kernel',
      `simulated:${directory}/h.json`,
      'simulate',
      'cgroup',
      'add',
      '/a',
    );
    expect(status).toBe(0);
    expect(scripts.filter((url) => /koffi|kernel\/dist\/linux/.test(url))).toEqual([]);
  });

  test('without a build it says what to run', () => {
    mkdirSync(join(directory, 'bare/bin'), { recursive: true });
    copyFileSync(commandPath, join(directory, 'bare/bin/mprog.js'));
    writeFileSync(join(directory, 'bare/package.json'), '{"type":"module"}');
    const { status, stderr } = spawnSync(process.execPath, [join(directory, 'bare/bin/mprog.js'), 'ls'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mprog: not built [^\n]*run: npm run setup\n$/);
  });
});

describe('the end of a pipe', () => {
  test('that takes nothing is one line and exit status 1', ({ skip }) => {
    skip(!existsSync('/dev/full'), 'there is no /dev/full');
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [commandPath, 'help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mprog: write the answer: ENOSPC[^\n]*\n$/);
  });

  test('that is closed is no error', async () => {
    const child = spawn(process.execPath, [commandPath, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, complaints }).toEqual({ status: 0, complaints: '' });
  });
});

describe('a signal during a change', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends the process after the change and its output',
    (signal) => {
      const script = `
      const { uninterrupted } = await import(${JSON.stringify(built('uninterrupted.js'))});
      const word = await uninterrupted(() => {
        process.kill(process.pid, '${signal}');
        const end = performance.now() + 50;
        while (performance.now() < end);
        return 'whole';
      });
      process.stdout.write(word);
      setTimeout(() => process.stdout.write(' and alive'), 10_000);
    `;
      const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
      expect(result).toMatchObject({ signal, stdout: 'whole', stderr: '' });
    },
  );

  test('an error of the change comes through, and later signals act as ever', () => {
    const script = `
      const { uninterrupted } = await import(${JSON.stringify(built('uninterrupted.js'))});
      await uninterrupted(() => { throw new Error('refused'); }).catch(({ message }) => process.stdout.write(message));
      process.kill(process.pid, 'SIGTERM');
      setTimeout(() => process.stdout.write(' and alive'), 10_000);
    `;
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(result).toMatchObject({ signal: 'SIGTERM', stdout: 'refused' });
  });
});
