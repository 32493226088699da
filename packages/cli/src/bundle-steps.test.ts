import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const step = (name: string): Promise<Record<string, (...words: string[]) => string>> =>
  import(join(root, `scripts/bundle/${name}.mjs`));
const { loadedOnUse } = await step('load-later');
const { asAscii } = await step('in-ascii');
const { located } = await step('locations');

describe('a step of bundling', () => {
  test.each([
    ['a use', 'let a = require("node:os");\na.type();', '\n(require("node:os")).type();'],
    [
      'several',
      'let a = require("./change.js");\nnew a.B(a.c);',
      '\nnew (require("./change.js")).B((require("./change.js")).c);',
    ],
    ['a text', 'let a = require("node:os");\n`a.b` + a.c', '\n`a.b` + (require("node:os")).c'],
    [
      'a property',
      'let a = require("node:os");\nb.a.c({ a: a.d });',
      '\nb.a.c({ a: (require("node:os")).d });',
    ],
  ])('loads a module at %s of it', (_, code, later) => {
    expect(loadedOnUse?.(code)).toBe(later);
  });

  test.each([
    'let a = require("node:os");\nexports.b = a;',
    'let a = require("node:os");\nexports.b = { a };',
    'let a = require("node:os");\na.b();\nconst c = (a) => a.d;',
    'let a = require("node:fs");\na.statSync();',
  ])('leaves %j as it is', (code) => {
    expect(loadedOnUse?.(code)).toBe(code);
  });

  test.each([
    ['loaded in another way', () => loadedOnUse?.('const { b } = require("./change.js");\nb();')],
    ['handed on as a whole', () => loadedOnUse?.('let a = require("./change.js");\nb(a);')],
    ['in a raw text', () => asAscii?.('String.raw`größe`', 'a.js')],
    ['in a raw text', () => asAscii?.('/\\ö/', 'a.js')],
    ['asks where it is', () => located?.('use(import.meta.url)', 'cli', 'main.js')],
    ['asks where it is', () => located?.('use(import.meta.dirname)', 'kernel', 'index.js')],
    ['koffi in another way', () => located?.('createRequire( import.meta.url)', 'kernel', 'linux/ffi.js')],
  ])('refuses what is %s', (reason, run) => {
    expect(run).toThrow(reason);
  });

  test('writes characters beside ASCII as escapes', () => {
    expect(asAscii?.('"ö𝔘…"', 'a.js')).toBe('"\\u00f6\\ud835\\udd18\\u2026"');
  });
});

describe('bundling', () => {
  let copy = '';
  beforeAll(() => {
    copy = realpathSync(mkdtempSync(join(tmpdir(), 'mprog-bundling-')));
    cpSync(join(root, 'scripts'), join(copy, 'scripts'), { recursive: true });
    copyFileSync(join(root, 'package-lock.json'), join(copy, 'package-lock.json'));
    mkdirSync(join(copy, 'node_modules/@mprog'), { recursive: true });
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (/^(\..*|@mprog|mprog)$/.test(name)) continue;
      symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
    }
    for (const name of ['core', 'kernel', 'manager', 'conformance', 'cli']) {
      for (const part of ['dist', 'package.json']) {
        cpSync(join(root, 'packages', name, part), join(copy, 'packages', name, part), { recursive: true });
      }
      symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules/@mprog', name));
    }
    mkdirSync(join(copy, 'packages/cli/bin'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const inPackage = (path: string) => join(copy, 'packages/cli', path);
  const bundle = (script = join(copy, 'scripts/bundle-command.mjs')) =>
    spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const made = () => statSync(inPackage('bin/dist')).ino;

  test('is done again when something changed meanwhile, and not when nothing did', () => {
    expect(bundle()).toMatchObject({ status: 0, stderr: '' });
    const first = made();
    expect(bundle().status).toBe(0);
    expect(made()).toBe(first);
    const { mtime } = statSync(inPackage('bin/dist/command-table.js'));
    utimesSync(inPackage('dist/main.js'), mtime, mtime);
    expect(bundle().status).toBe(0);
    expect(made()).not.toBe(first);
  });

  test('by way of a symbolic link is the same', () => {
    rmSync(inPackage('bin/dist'), { recursive: true, force: true });
    symlinkSync(copy, join(copy, 'link'));
    expect(bundle(join(copy, 'link/scripts/bundle-command.mjs')).status).toBe(0);
    expect(existsSync(inPackage('bin/dist/LICENSES'))).toBe(true);
  });

  test('leaves nothing to publish but the bundle, and removes what an older one left', () => {
    const [old, young] = [inPackage('.bundle-old'), inPackage('.bundle-young')];
    for (const folder of [old, young]) mkdirSync(folder);
    utimesSync(old, new Date(0), new Date(0));
    rmSync(inPackage('bin/dist'), { recursive: true, force: true });
    expect(bundle().status).toBe(0);
    expect(readdirSync(dirname(old)).filter((name) => name.startsWith('.'))).toEqual(['.bundle-young']);
    expect(readdirSync(inPackage('bin'))).toEqual(['dist']);
  });

  test('that fails keeps the bundle that there is', () => {
    expect(bundle().status).toBe(0);
    const before = made();
    appendFileSync(inPackage('dist/render/progress.js'), 'globalThis.place = import.meta.url;\n');
    const { status, stderr } = bundle();
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('asks where it is'),
    });
    expect(made()).toBe(before);
  });
});
