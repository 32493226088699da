import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { hook, SimulatedHost } from '../test/simulated-host.js';
import { main } from './main.js';

const host = new SimulatedHost();
const { attach, refused, run } = host;

describe('bad input ends in one line and exit status 1, and changes nothing', () => {
  // Nothing of this changes the host, so all of it can share one.
  beforeAll(async () => {
    await host.setUp();
    await attach('firewall');
    await attach('telemetry');
  });

  afterAll(host.tearDown);

  const bad = (name: string, bytes: string | Buffer): string => {
    const path = join(host.directory, name);
    writeFileSync(path, bytes);
    return path;
  };

  test.each([
    ['a hook that is none', ['show', 'eth0'], /write LAYER\/DIRECTION@TARGET/],
    ['an unknown layer', ['show', 'tx/ingress@eth0'], /did you mean tcx\?/],
    ['an unknown direction', ['show', 'tcx/ingres@eth0'], /did you mean ingress\?/],
    ['an unknown device', ['show', 'tcx/ingress@eth1'], /no device eth1.*did you mean eth0\?/],
    ['an unknown device in a pattern', ['ls', 'veth9'], /no hook matches/],
    ['an unknown namespace', ['ls', '--netns', 'green'], /green/],
    ['an unknown namespace in a hook', ['show', 'tcx/ingress@eth0%green'], /green/],
    ['a namespace that is none', ['ls', '--netns', 'pid:x'], /pid: wants a number/],
    ['an unknown pin', ['attach', hook, 'pin:/sys/fs/bpf/none'], /\/sys\/fs\/bpf\/none/],
    ['an unknown program', ['attach', hook, 'id:4711'], /no program id:4711/],
    ['an unknown link', ['link', 'show', 'link:4711'], /4711/],
    ['an unknown link to update', ['link', 'update', 'link:4711', 'id:1'], /4711/],
    [
      'an unknown name',
      ['detach', hook, 'name:nobody'],
      /name:nobody is not attached here.*firewall.*telemetry/,
    ],
    ['a name that means several', ['detach', hook, 'name:*'], /firewall.*telemetry/],
    ['a reference that is none', ['detach', hook, 'firewall'], /id:N, link:N, name:GLOB/],
    ['a bare number', ['detach', hook, '1'], /id:1 or link:1/],
    [
      'an anchor that means several',
      ['attach', hook, objectPath('stop'), '--before', 'name:*'],
      /firewall.*telemetry/,
    ],
    [
      'an order that cannot be',
      ['attach', hook, objectPath('stop'), '--before', 'name:firewall', '--after', 'name:telemetry'],
      /"after name:telemetry" and "before name:firewall"/,
    ],
    ['a program that is there already', ['attach', hook, 'name:firewall'], /already/],
    [
      'a stale revision',
      ['attach', hook, objectPath('stop'), '--revision', '1'],
      /revision is 3, expected 1 \(ESTALE\)/,
    ],
    [
      'a stale revision to detach',
      ['detach', hook, '--first', '--revision', '99'],
      /revision is 3, expected 99 \(ESTALE\)/,
    ],
    ['a revision that is none', ['detach', hook, '--first', '--revision', '0'], /0 is no revision/],
    ['a file that is not there', ['attach', hook, 'none.o'], /none\.o/],
    ['an object with several programs', ['attach', hook, objectPath('audit')], /audit_in, audit_out/],
    ['a program that the object has not', ['attach', hook, `${objectPath('audit')}:audit`], /audit_in/],
    [
      'a program of a wrong type',
      ['attach', hook, objectPath('xdp')],
      /of type xdp, and tcx takes sched_cls/,
    ],
    [
      'a pin that is taken',
      ['program', 'load', objectPath('stop'), '--pin', '/sys/fs/bpf'],
      /\/sys\/fs\/bpf/,
    ],
    [
      'a pin outside of bpffs',
      ['attach', hook, objectPath('stop'), '--link', '--pin', '/tmp/x'],
      /bpffs|\/tmp\/x/,
    ],
    ['a pin that is not a link', ['link', 'unpin', '/sys/fs/bpf/none'], /\/sys\/fs\/bpf\/none/],
    ['a device that is there already', ['simulate', 'device', 'add', 'eth0'], /EEXIST/],
    ['a device that is not there', ['simulate', 'device', 'remove', 'eth5'], /eth5/],
    ['a namespace to move to that is not there', ['simulate', 'device', 'move', 'eth0', 'green'], /green/],
    ['a cgroup path that is none', ['simulate', 'cgroup', 'add', '../x'], /\.\.\/x/],
    ['a qdisc that is not there', ['simulate', 'clsact', 'remove', 'eth0'], /not there/],
  ])('%s', async (_, words, message) => {
    expect(await refused(...words)).toMatch(message);
  });

  test.each([
    ['empty', ''],
    ['not ELF', 'hello, world'],
    ['cut', readFileSync(objectPath('firewall')).subarray(0, 300)],
    ['of another machine', readFileSync(process.execPath).subarray(0, 4096)],
  ])('an object that is %s', async (_, bytes) => {
    expect(await refused('attach', hook, bad('bad.o', bytes))).toContain('bad.o');
  });

  test('the same in JSON, with a code and data', async () => {
    const { status, stdout } = await run('attach', hook, objectPath('stop'), '--revision', '1', '-o', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      error: { code: 'ESTALE', data: { expected: '1', found: '3' } },
    });
  });

  test.each([
    ['linus', /takes linux or simulated:FILE, not "linus"; did you mean linux\?/],
    ['simulated', /name the file/],
    ['simulated:', /name the file/],
  ])('--kernel %s is wrong usage', async (kernel, message) => {
    const terminal = recordedTerminal();
    expect(await main(['--kernel', kernel, 'ls'], terminal)).toBe(2);
    expect(terminal.complained()).toMatch(message);
  });
});
