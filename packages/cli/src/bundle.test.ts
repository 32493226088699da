import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { commandPath } from '../test/run-command.js';
import { commandTable } from './command-table.js';
import { main } from './main.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
const packages = ['core', 'kernel', 'manager', 'conformance', 'cli'];
const object = join(root, 'packages/kernel/objects/stop.bpf.o');

let directory = '';
let installed = '';
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'mprog-installed-')));
  installed = install(join(directory, 'node_modules'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Puts the packages as they would be published where npm would put them, without what they depend on. */
function install(modules: string): string {
  const folders = packages.map((name) => `--workspace=packages/${name}`);
  const pack = ['pack', '--offline', '--ignore-scripts', '--json', '--pack-destination', directory];
  const { status, stdout, stderr } = spawnSync('npm', [...pack, ...folders], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  for (const { name, filename } of JSON.parse(stdout) as { name: string; filename: string }[]) {
    const folder = join(modules, name);
    mkdirSync(folder, { recursive: true });
    const unpack = ['-xzf', join(directory, filename), '-C', folder, '--strip-components=1'];
    const unpacked = spawnSync('tar', unpack, { encoding: 'utf8' });
    if (unpacked.status !== 0) throw new Error(unpacked.stderr);
  }
  return join(modules, 'mprog');
}

function run(words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(installed, 'bin/mprog.js'), ...words],
    { encoding: 'utf8', cwd: directory, input, env: { ...process.env, NODE_PATH: '' } },
  );
  return { status, stdout, stderr };
}

describe('the command as it is installed', () => {
  const host = ['--kernel', 'simulated:host.json'];

  test('answers alone, and names its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));
    expect(run(['version', '--quiet'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(run(['lss'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'mprog: unknown command lss; did you mean ls?\n',
    });
  });

  test('changes and plans hooks of a simulated host', () => {
    expect(run([...host, 'simulate', 'device', 'add', 'eth0'])).toMatchObject({ status: 0, stderr: '' });
    expect(run([...host, 'attach', 'tcx/ingress@eth0', object])).toMatchObject({ status: 0, stderr: '' });
    const shown = run([...host, 'show', 'tcx/ingress@eth0', '-o', 'json']);
    expect(JSON.parse(shown.stdout).hooks[0].attachments).toHaveLength(1);
    const policy = run([...host, 'export']).stdout;
    expect(run([...host, 'plan', '-', '--exit-code'], policy)).toMatchObject({ status: 0, stderr: '' });
    expect(run(['policy', 'schema']).stdout).toContain('"$schema"');
    expect(run([...host, 'show', 'tcx/ingress@none'])).toMatchObject({ status: 1, stdout: '' });
  });

  test('finds traces and objects where their packages are', () => {
    expect(run(['conformance', 'replay', 'tcx-001'])).toMatchObject({ status: 0, stderr: '' });
    expect(run(['demo', '--kernel', 'simulated'])).toMatchObject({ status: 0, stderr: '' });
  });

  test.runIf(process.platform === 'linux')(
    'asks for koffi where there is none, and finds it where it is',
    ({ skip }) => {
      const shown = () => run(['probe']).stderr;
      expect(shown()).toMatch(
        /^mprog: use the linux kernel: needs koffi [^(\n]*\(EKOFFI\); or name a simulated one: --kernel simulated:FILE\n$/,
      );
      skip(!existsSync(join(root, 'node_modules/koffi')), 'koffi is not installed');
      const koffi = dirname(require.resolve('koffi', { paths: [join(root, 'packages/kernel')] }));
      symlinkSync(koffi, join(directory, 'node_modules/koffi'));
      expect(shown()).not.toContain('EKOFFI');
    },
  );

  test('brings the licences of what it contains', () => {
    const text = readFileSync(join(installed, 'bin/dist/LICENSES'), 'utf8');
    for (const name of ['yaml', 'zod', '@clack/prompts'])
      expect(text).toMatch(new RegExp(`^${name} .*\\(`, 'm'));
    expect(text.match(/Copyright/g)?.length).toBeGreaterThan(5);
  });

  test('runs what tsc made where there is no bundle', () => {
    const folder = join(directory, 'unbundled');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    for (const name of ['mprog.js', 'package.json'])
      cpSync(join(dirname(commandPath), name), join(folder, 'bin', name));
    symlinkSync(join(root, 'packages/cli/dist'), join(folder, 'dist'));
    const words = [join(folder, 'bin/mprog.js'), 'policy', 'schema'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual(run(['policy', 'schema']));
  });
});

describe('the packed table of commands', () => {
  const bundle = () =>
    require(join(installed, 'bin/dist/command-table.js')) as { commandTable: typeof commandTable };

  test('says of every command what the table says', () => {
    const { commands, groups, options } = bundle().commandTable;
    expect({ groups, options }).toEqual({ groups: commandTable.groups, options: commandTable.options });
    const keys = [...new Set(commandTable.commands.flatMap((declared) => Object.keys(declared)))] as 'path'[];
    const read = (declared: (typeof commands)[number]) =>
      Object.fromEntries(keys.map((key) => [key, key === ('load' as string) ? null : declared[key]]));
    expect(commands.map(read)).toEqual(commandTable.commands.map(read));
  });

  test('leads to every command', async () => {
    const { commands } = bundle().commandTable;
    for (const command of commands)
      expect((await command.load()).run, command.path.join(' ')).toBeTypeOf('function');
  });

  test('makes the same help', async () => {
    const terminal = recordedTerminal({ columns: 100 });
    await main(['help', 'attach'], terminal);
    const other = recordedTerminal({ columns: 100 });
    await (bundle() as unknown as { main: typeof main }).main(['help', 'attach'], other);
    expect(other.written()).toBe(terminal.written());
  });
});
