import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from './ffi.js';
import { loadKoffi } from './koffi-addon.js';
import type { Machine } from './system-call-number.js';

const require = createRequire(import.meta.url);
const machine = process.arch as Machine;

function whereKoffiIs(): string | null {
  try {
    return require(require.resolve('koffi')) && require.resolve('koffi');
  } catch {
    return null;
  }
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprog-koffi-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A `require` of a folder whose koffi is the real one, and which has the addons that are given, by folder and text. */
function installed(name: string, addons: Readonly<Record<string, string>>): NodeJS.Require {
  const modules = join(directory, name, 'node_modules');
  mkdirSync(join(modules, 'koffi'), { recursive: true });
  writeFileSync(
    join(modules, 'koffi/index.js'),
    `module.exports = require(${JSON.stringify(require.resolve('koffi'))});`,
  );
  for (const [folder, text] of Object.entries(addons)) {
    const to = join(modules, '@koromix', `koffi-linux-${machine}`, folder);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, 'koffi.node'), text);
  }
  return createRequire(join(directory, name, 'index.js'));
}

/** A program that names this dynamic linker. */
function program(linker: string): string {
  const path = join(directory, `program${linker.replaceAll('/', '-')}`);
  writeFileSync(path, `\x7fELF${'\0'.repeat(600)}${linker}\0`);
  return path;
}

describe.runIf(process.platform === 'linux' && whereKoffiIs() !== null)('koffi', () => {
  it('is its addon, which every user in the process shares', () => {
    const { koffi, path } = loadKoffi(require, machine, process.execPath);
    expect(path).toMatch(/\/(linux|musl)_(x64|arm64)\/koffi\.node$/);
    expect(require('koffi').load).toBe(koffi.load);
    expect(open('linux', machine, require).path).toBe(path);
  });

  it.each([
    ['is in another place', {}],
    ['cannot be opened', { [`linux_${machine}`]: 'no ELF file', [`musl_${machine}`]: 'no ELF file' }],
  ])('is loaded as a package where its addon %s', (name, addons) => {
    const elsewhere = installed(name, addons);
    const { koffi, path } = loadKoffi(elsewhere, machine, process.execPath);
    expect(path).toBe(elsewhere.resolve('koffi'));
    expect(koffi.version).toBe(require('koffi').version);
    expect(open('linux', machine, elsewhere).map(1).bytes.length).toBe(65_536);
  });

  it('is refused where its addon was cut off, which would end the process', () => {
    const cut = installed('cut', { [`linux_${machine}`]: '', [`musl_${machine}`]: '' });
    const { path } = loadKoffi(require, machine, process.execPath);
    const head = readFileSync(path).subarray(0, 100_000);
    for (const folder of [`linux_${machine}`, `musl_${machine}`]) {
      writeFileSync(
        join(directory, `cut/node_modules/@koromix/koffi-linux-${machine}`, folder, 'koffi.node'),
        head,
      );
    }
    expect(() => open('linux', machine, cut)).toThrow('needs koffi 3.3.4 with its binary');
  });

  it('is its addon where only koffi has that beside it', () => {
    const elsewhere = installed('linked', {});
    const { paths } = elsewhere.resolve;
    const resolve = Object.assign(() => require.resolve('koffi'), { paths });
    const linked = Object.assign((id: string) => require(id), { resolve }) as unknown as NodeJS.Require;
    expect(loadKoffi(linked, machine, process.execPath).path).toMatch(/\/koffi\.node$/);
  });

  it('is loaded as a package where its addon has another version', () => {
    const elsewhere = installed('version', { [`linux_${machine}`]: '', [`musl_${machine}`]: '' });
    const other = Object.assign(
      (id: string) => (id.endsWith('.node') ? { version: '3.0.0' } : elsewhere(id)),
      {
        resolve: elsewhere.resolve,
      },
    ) as NodeJS.Require;
    expect(loadKoffi(other, machine, process.execPath).path).toBe(elsewhere.resolve('koffi'));
  });

  it.each([
    ['/lib64/ld-linux-x86-64.so.2', 'x64', 'linux_x64'],
    ['/lib/ld-linux-aarch64.so.1', 'arm64', 'linux_arm64'],
    ['/lib/ld-musl-x86_64.so.1', 'x64', 'musl_x64'],
    ['/lib/ld-musl-aarch64.so.1', 'arm64', 'musl_arm64'],
  ] as const)('beside %s has the addon for it', (linker, wanted, folder) => {
    const modules = join(directory, `modules-${folder}`);
    const path = join(modules, `@koromix/koffi-linux-${wanted}/${folder}/koffi.node`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    const addon = Object.assign(() => ({ version: '3.3.4' }), { resolve: { paths: () => [modules] } });
    expect(loadKoffi(addon as unknown as NodeJS.Require, wanted, program(linker)).path).toBe(path);
  });

  it('is loaded as a package where the C library cannot be told', () => {
    expect(loadKoffi(require, machine, program('')).path).toBe(require.resolve('koffi'));
    expect(loadKoffi(require, machine, join(directory, 'gone')).path).toBe(require.resolve('koffi'));
  });
});
