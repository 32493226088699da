import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fdOf, RawCalls } from '../../test/suites/raw-calls.js';
import { command } from '../index.js';
import { openSimulatedFile, type SimulatedFileOptions } from './index.js';

describe('simulated host in a file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-state-'));
    path = join(directory, 'host.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (options: SimulatedFileOptions = {}) => openSimulatedFile(path, { create: true, ...options });
  const errorOf = (action: () => unknown): MprogError => {
    try {
      action();
    } catch (error) {
      if (MprogError.is(error)) return error;
      throw error;
    }
    throw new Error('it did not throw');
  };

  test('what one host does the next one sees', () => {
    {
      using host = open();
      const raw = new RawCalls(host);
      const { ifindex } = host.shape.addDevice('eth0');
      host.shape.addNamespace('blue');
      host.shape.addDevice('eth1', { name: 'blue' });
      host.shape.addCgroup('/app');
      expect(raw.attach({ target: ifindex, program: fdOf(raw.load()) })).toBe(0);
    }
    using host = openSimulatedFile(path);
    const raw = new RawCalls(host);
    expect(host.world.devices().map(({ name }) => name)).toEqual(['lo', 'eth0']);
    expect(host.world.within({ name: 'blue' }, () => host.world.devices())).toHaveLength(2);
    expect(host.world.cgroups().map((cgroup) => cgroup.path)).toEqual(['/', '/app']);
    expect(raw.query(2)).toMatchObject({ count: 1, revision: 2 });
  });

  test('two hosts of one process see each other at once, each with fds of its own', () => {
    using first = open();
    using second = open();
    const [one, two] = [new RawCalls(first), new RawCalls(second)];
    const device = first.shape.addDevice('eth0').ifindex;
    const program = fdOf(one.load());
    expect(one.attach({ target: device, program })).toBe(0);
    expect(two.query(device).count).toBe(1);
    expect(two.info(program)).toBe('EBADFD');
  });

  test('closing a host detaches the links that nothing else holds, and frees its programs', () => {
    using watcher = open();
    const device = watcher.shape.addDevice('eth0').ifindex;
    const watch = new RawCalls(watcher);
    {
      using host = open();
      const raw = new RawCalls(host);
      raw.linkCreate({ target: device, program: fdOf(raw.load()) });
      expect(watch.query(device).count).toBe(1);
    }
    expect(watch.query(device)).toMatchObject({ count: 0, revision: 1 });
    expect(watch.nextId(command.PROG_GET_NEXT_ID, 0)).toBe('ENOENT');
  });

  test('what changes nothing is not written', () => {
    using host = open();
    const raw = new RawCalls(host);
    const device = host.shape.addDevice('eth0').ifindex;
    const program = fdOf(raw.load());
    const before = readFileSync(path, 'utf8');
    raw.query(device);
    expect(raw.attach({ target: device, program, revision: 9 })).toBe('ESTALE');
    host.world.devices();
    expect(() => host.shape.addDevice('eth0')).toThrow(/EEXIST/);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test('what programs do stays while others write', () => {
    using host = open();
    using other = open();
    const raw = new RawCalls(host);
    const device = host.shape.addDevice('eth0').ifindex;
    const program = fdOf(raw.load());
    const id = raw.idOf(program);
    host.shape.setBehaviour(id, () => 2);
    raw.attach({ target: device, program });
    other.shape.addDevice('eth1');
    expect(host.shape.sendPacket('eth0', 'ingress')).toMatchObject({ fate: 'dropped', ran: [id] });
  });

  test('a program may call the kernel while it runs', () => {
    using host = open();
    const raw = new RawCalls(host);
    const device = host.shape.addDevice('eth0').ifindex;
    const program = fdOf(raw.load());
    raw.attach({ target: device, program });
    host.shape.setBehaviour(raw.idOf(program), () =>
      raw.detach({ target: device, program }) === 0 ? -1 : 2,
    );
    expect(host.shape.sendPacket('eth0', 'ingress').fate).toBe('accepted');
    expect(raw.query(device).count).toBe(0);
  });

  test('a step that throws in its middle changes nothing', () => {
    using host = open();
    const before = readFileSync(path, 'utf8');
    const action = () =>
      host.transact((kernel) => {
        kernel.addDevice('eth0');
        throw new MprogError('EINTR', 'interrupted');
      });
    expect(action).toThrow('interrupted');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(host.world.devices()).toHaveLength(1);
  });

  test('shapes the host by name', () => {
    using host = open();
    const { shape, world } = host;
    const { inode } = shape.addNamespace('blue');
    shape.addDevice('eth0');
    shape.renameDevice('eth0', 'wan');
    shape.setQdisc('wan', 'clsact', true);
    expect(errorOf(() => shape.setQdisc('wan', 'ingress', true)).code).toBe('EEXIST');
    expect(errorOf(() => shape.setQdisc('wan', 'ingress', false)).code).toBe('ENOENT');
    shape.setQdisc('wan', 'clsact', false);
    const moved = shape.moveDevice('wan', { name: 'blue' });
    expect(world.within({ inode }, () => world.devices())).toContainEqual(moved);
    expect(errorOf(() => shape.removeDevice('wan')).code).toBe('ENODEV');
    expect(errorOf(() => shape.addDevice('a/b')).code).toBe('EINVAL');
    expect(errorOf(() => shape.addDevice('sixteen-letters-')).code).toBe('EINVAL');
    expect(errorOf(() => shape.addNamespace('blue')).code).toBe('EEXIST');
    expect(errorOf(() => shape.addDevice('x', { name: 'red' })).code).toBe('ENOENT');
    shape.removeNamespace({ name: 'blue' });
    expect(world.namespaces().namespaces).toHaveLength(1);
    shape.addCgroup('/a');
    shape.addCgroup('/a/b');
    expect(errorOf(() => shape.removeCgroup('/a')).code).toBe('EBUSY');
    expect(errorOf(() => shape.addCgroup('/x/y')).code).toBe('ENOENT');
    shape.removeCgroup('/a/b');
    expect(world.cgroups()).toHaveLength(2);
  });

  test('what names no namespace is EINVAL', () => {
    using host = open();
    for (const selector of [null, 5, 'blue'] as never[]) {
      for (const act of [
        () => host.shape.addDevice('x', selector),
        () => host.world.within(selector, () => 0),
        () => host.shape.removeNamespace(selector),
      ]) {
        expect(errorOf(act)).toMatchObject({
          code: 'EINVAL',
          message: `find network namespace: a namespace is given as { name }, { inode } or { pid }, not as ${selector} (EINVAL)`,
        });
      }
    }
    expect(host.world.devices()).toHaveLength(1);
  });

  describe('bad files', () => {
    test('a missing file is ENOENT unless it may be made', () => {
      const error = errorOf(() => openSimulatedFile(path));
      expect(error).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('no such file') });
      expect(existsSync(path)).toBe(false);
    });

    test('a missing directory is ENOENT, and is not made', () => {
      const error = errorOf(() => openSimulatedFile(join(directory, 'none', 'x.json'), { create: true }));
      expect(error.code).toBe('ENOENT');
      expect(existsSync(join(directory, 'none'))).toBe(false);
    });

    test('a directory in its place is refused', () => {
      const other = join(directory, 'other');
      mkdirSync(other);
      for (const create of [true, false]) {
        expect(errorOf(() => openSimulatedFile(other, { create })).message).toContain('no regular file');
      }
      expect(readdirSync(directory)).toEqual(['other']);
    });

    test('what stands beside it is neither followed, waited for nor overwritten', () => {
      using host = open({ lockTimeout: 20 });
      const victim = join(directory, 'victim');
      writeFileSync(victim, 'mine');
      symlinkSync(victim, `${path}.new`);
      symlinkSync(victim, `${path}.new.${'a'.repeat(24)}`);
      host.shape.addDevice('eth0');
      rmSync(`${path}.new`);
      expect(spawnSync('mkfifo', [`${path}.new`]).status).toBe(0);
      host.shape.addDevice('eth1');
      open().close();
      expect(readFileSync(victim, 'utf8')).toBe('mine');
      expect(host.world.devices()).toHaveLength(3);
    });

    test('a pipe, a directory or a link in the place of the lock is EBUSY at once, and stays', () => {
      using host = open();
      const lock = `${path}.lock`;
      for (const make of [
        () => spawnSync('mkfifo', [lock]),
        () => mkdirSync(lock),
        () => symlinkSync('/nowhere', lock),
        () => symlinkSync('/dev/zero', lock),
      ]) {
        make();
        expect(errorOf(() => host.world.devices())).toMatchObject({
          code: 'EBUSY',
          message: expect.stringContaining('the file there is no lock of this program'),
        });
        expect(lstatSync(lock).isSymbolicLink() || existsSync(lock)).toBe(true);
        rmSync(lock, { recursive: true });
      }
      expect(host.world.devices()).toHaveLength(1);
    });

    test('a pipe that takes its place later is refused and never waited for', () => {
      const host = open();
      rmSync(path);
      expect(spawnSync('mkfifo', [path]).status).toBe(0);
      expect(errorOf(() => host.world.devices())).toMatchObject({
        code: 'EINVAL',
        message: expect.stringContaining('no regular file'),
      });
      expect(errorOf(() => open()).message).toContain('no regular file');
    });

    test('what killed writers left beside it is swept by the next open, and nothing else', () => {
      open().close();
      writeFileSync(`${path}.new.${'a'.repeat(24)}`, '{');
      writeFileSync(`${path}.new.mine`, '');
      mkdirSync(`${path}.new.${'b'.repeat(24)}`);
      open().close();
      expect(readdirSync(directory).sort()).toEqual([
        'host.json',
        `host.json.new.${'b'.repeat(24)}`,
        'host.json.new.mine',
      ]);
    });

    test('a file that cannot be put in place leaves nothing beside it', () => {
      open().close();
      // The limit ends each write as a full disk does: the first one that of the lock, the second that of the state.
      for (const blocks of [0, 1]) {
        const script = `import { openSimulatedFile } from ${JSON.stringify(new URL('../../dist/simulated-file/index.js', import.meta.url).href)};
          const host = openSimulatedFile(${JSON.stringify(path)});
          host.transact(() => { for (let i = 0; i < 100; i++) host.shape.addDevice('d' + i); });`;
        const before = readFileSync(path, 'utf8');
        const { stderr, status } = spawnSync(
          '/bin/sh',
          [
            '-c',
            'ulimit -f "$0" && exec "$@"',
            String(blocks),
            process.execPath,
            '--input-type=module',
            '-e',
            script,
          ],
          { encoding: 'utf8' },
        );
        expect(status, stderr).toBe(1);
        expect(stderr).toContain('it is larger than a file may be (EFBIG)');
        expect(stderr).toContain(blocks === 0 ? 'lock state file' : 'write state file');
        expect(readdirSync(directory)).toEqual(['host.json']);
        expect(JSON.parse(readFileSync(path, 'utf8')).namespaces).toEqual(JSON.parse(before).namespaces);
      }
    });

    test.each([
      ['empty', () => '', 'empty'],
      ['text', () => 'hello\n', 'does not begin'],
      ['other JSON', () => '{"a":1}\n', 'does not begin'],
      ['cut', (whole: string) => whole.slice(0, whole.length / 2), 'cut short'],
      ['of another version', (whole: string) => whole.replace(/"version":\d+/, '"version":9'), 'version 9'],
      ['inconsistent', (whole: string) => whole.replace(/"nextId":\d+/, '"nextId":-1'), 'nextId'],
    ])('a file that is %s is named as damaged and left as it is', (_, damage, words) => {
      open().close();
      writeFileSync(path, damage(readFileSync(path, 'utf8')));
      const before = readFileSync(path, 'utf8');
      for (const create of [false, true]) {
        const error = errorOf(() => openSimulatedFile(path, { create }));
        expect(error.code).toBe('EBADMSG');
        expect(error.message).toContain(words);
        expect(error.message).toContain(path);
      }
      expect(readFileSync(path, 'utf8')).toBe(before);
      expect(existsSync(`${path}.lock`)).toBe(false);
    });

    test('a file that is damaged between two calls ends the second one, and comes back when it is mended', () => {
      using host = open();
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, 'x');
      expect(errorOf(() => host.shape.addDevice('eth0')).code).toBe('EBADMSG');
      expect(readFileSync(path, 'utf8')).toBe('x');
      writeFileSync(path, whole);
      host.shape.addDevice('eth0');
      expect(host.world.devices()).toHaveLength(2);
    });

    test('another state in its place does not know this process', () => {
      const host = open();
      rmSync(path);
      open().close();
      expect(errorOf(() => host.world.devices())).toMatchObject({ code: 'ESRCH' });
    });

    test('closing after the file is gone is fine', () => {
      const host = open();
      rmSync(path);
      expect(errorOf(() => host.world.devices()).code).toBe('ENOENT');
      host.close();
      host.close();
      expect(errorOf(() => host.world.devices()).code).toBe('EBADF');
    });

    test('a symbolic link is followed, and stays one', () => {
      const link = join(directory, 'link.json');
      symlinkSync(path, link);
      open().close();
      openSimulatedFile(link).shape.addDevice('eth0');
      expect(statSync(path).isFile()).toBe(true);
      using host = open();
      expect(host.world.devices()).toHaveLength(2);
    });

    test('a symbolic link that leads to nothing yet is followed, and stays one', () => {
      mkdirSync(join(directory, 'below'));
      symlinkSync('below/second', join(directory, 'first'));
      symlinkSync('../host.json', join(directory, 'below', 'second'));
      openSimulatedFile(join(directory, 'first'), { create: true }).close();
      expect(lstatSync(join(directory, 'first')).isSymbolicLink()).toBe(true);
      expect(lstatSync(path).isFile()).toBe(true);
      symlinkSync('none/host.json', join(directory, 'lost'));
      expect(errorOf(() => openSimulatedFile(join(directory, 'lost'), { create: true })).code).toBe('ENOENT');
    });

    test('symbolic links in a circle are ELOOP', () => {
      const loop = join(directory, 'loop');
      symlinkSync('loop', loop);
      expect(errorOf(() => openSimulatedFile(loop, { create: true }))).toMatchObject({
        code: 'ELOOP',
        message: `open state file ${loop}: its symbolic links lead in a circle (ELOOP)`,
      });
    });

    test('the mode of the file stays', () => {
      open().close();
      chmodSync(path, 0o600);
      using host = open();
      host.shape.addDevice('eth0');
      expect(statSync(path).mode & 0o777).toBe(0o600);
    });

    test.each([
      ['', 'EINVAL'],
      ['a\0b', 'EINVAL'],
    ])('the path %j is %s', (bad, code) => {
      expect(errorOf(() => openSimulatedFile(bad)).code).toBe(code);
    });
  });
});
