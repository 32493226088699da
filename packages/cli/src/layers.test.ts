import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { hook, SimulatedHost } from '../test/simulated-host.js';

const host = new SimulatedHost();
const { attach, refused, run, succeeds } = host;
const app = 'cgroup/inet_egress@/app';
// Its section says nothing, so it is loaded for whatever hook it is attached to.
const program = objectPath('unknown-section');

beforeEach(async () => {
  await host.setUp();
  for (const path of ['/app', '/app/web']) await succeeds('simulate', 'cgroup', 'add', path);
});
afterEach(host.tearDown);

describe('hooks of cgroups', () => {
  test('are attached to, listed, shown and detached from', async () => {
    expect(await succeeds('attach', app, program)).toBe(
      `attached nowhere (id 1) to ${app}, position 1, revision 1 → 2\n  +  1  nowhere  (id 1)\n`,
    );
    await succeeds('attach', 'cgroup/inet_egress@/sys/fs/cgroup/app', program, '--first', '--link');
    expect(await succeeds('ls', '/app', '-q')).toBe('2\n1\n');
    expect(await succeeds('ls')).toContain(`${app}  revision 3, 2 programs`);
    const shown = await succeeds('show', app);
    expect(shown).toMatch(/^ {2}cgroup +id 2\n {2}mode +multi\n {2}revision +3\n/m);
    expect(shown).toContain('link pinned at /sys/fs/bpf/mprog/links/cgroup/2-cgroup_inet_egress/nowhere');
    expect(await succeeds('link', 'ls')).toMatch(/1 +cgroup +2 +nowhere +cgroup\/inet_egress@\/app +ours/);
    const { hooks } = await host.inventory();
    expect(hooks).toMatchObject([{ hook: app, cgroupId: '2', mode: 'multi' }]);
    expect(hooks[0]).not.toHaveProperty('ifindex');
    expect(await succeeds('detach', app, 'link:1')).toContain('removed pin');
    expect(await succeeds('ls', '/app', '-q')).toBe('1\n');
  });

  test('a name with a control character is made, and shown with the character written out', async () => {
    expect(await succeeds('simulate', 'cgroup', 'add', '/a\x1b[31m')).toBe(
      'added cgroup /a\\x1b[31m (id 4)\n',
    );
    expect(await succeeds('show', 'cgroup/inet_egress@/a\x1b\\[31m')).toMatch(
      /^cgroup\/inet_egress@\/a\\x1b/,
    );
    expect(await succeeds('simulate', 'cgroup', 'remove', '/a\x1b[31m')).toBe('removed cgroup /a\\x1b[31m\n');
  });

  test.each(['x'.repeat(256), 'ü'.repeat(128)])('a name of 256 bytes is refused', async (name) => {
    expect(await refused('simulate', 'cgroup', 'add', `/${name}`)).toMatch(/\(EINVAL\)\n$/);
    await succeeds('simulate', 'cgroup', 'add', `/${name.slice(1)}`);
  });

  test('--effective shows what acts, where it comes from, and PREORDER', async () => {
    await succeeds('attach', app, program, '--preorder');
    await succeeds('attach', 'cgroup/inet_egress@/app/web', program);
    await succeeds('attach', 'cgroup/inet_egress@/', program);
    const shown = await succeeds('show', 'cgroup/inet_egress@/app/web', '--effective');
    const rows = shown.split('\n').filter((line) => / nowhere .*\/$| nowhere .*\/(app|app\/web)$/.test(line));
    expect(rows.map((row) => row.trim().split(/ +/).slice(1))).toEqual([
      ['1', 'nowhere', '-', 'ours', 'PREORDER', '/app'],
      ['2', 'nowhere', '-', 'ours', '?', '/app/web'],
      ['3', 'nowhere', '-', 'ours', '-', '/'],
    ]);
    expect(await succeeds('show', 'cgroup/inet_egress@/app/web', '--effective', '-q')).toBe('1\n2\n3\n');
  });

  test('a link that cannot be told is ?, linkUnknown in JSON, and not detached', async () => {
    await succeeds('attach', app, program);
    await succeeds('attach', app, 'id:1', '--link');
    expect(await succeeds('ls', '/app')).toMatch(/1 +1 +nowhere +[0-9a-f]{16} +\? +ours/);
    const [{ attachments } = { attachments: [] }] = (await host.inventory()).hooks;
    expect(attachments).toMatchObject([
      { link: null, linkUnknown: true },
      { link: null, linkUnknown: true },
    ]);
    expect(await refused('detach', app, '--last')).toContain('the kernel does not tell which is which');
  });

  test.each([
    [
      'that is not there',
      ['show', 'cgroup/inet_egress@/ap'],
      /there is no such cgroup.*did you mean \/app\?/,
    ],
    ['that is relative', ['show', 'cgroup/inet_egress@app'], /not an absolute path/],
    ['that escapes by ..', ['show', 'cgroup/inet_egress@/app/../../x'], /may lead out of the cgroup2 tree/],
    ['of an unknown attach type', ['show', 'cgroup/inet_egres@/app'], /did you mean inet_egress\?/],
    ['in a pattern', ['ls', '/nope'], /no hook matches it.*cgroups are \/, \/app, \/app\/web/],
    ['for a program of another type', ['attach', app, objectPath('firewall')], /sched_cls.*takes cgroup_skb/],
    [
      'with --preorder on a device',
      ['attach', hook, objectPath('firewall'), '--preorder'],
      /only programs of cgroups/,
    ],
    [
      'with --effective of a device',
      ['show', hook, '--effective'],
      /only hooks of cgroups have an effective list/,
    ],
    ['netkit, which this kernel lacks', ['show', 'netkit/primary@eth0'], /netkit is not in this kernel/],
  ])('a hook %s is refused', async (_, words, message) => {
    expect(await refused(...words)).toMatch(message);
  });

  test('are completed', async () => {
    await succeeds('attach', app, program);
    const complete = async (...words: string[]) => {
      const stdout = await succeeds('__complete', '--kernel', `simulated:${host.file}`, ...words);
      return stdout.split('\n').map((line) => line.split('\t')[0]);
    };
    expect(await complete('show', 'cgroup/')).toContain(app);
    expect(await complete('attach', 'cgroup/inet_eg')).toContain('cgroup/inet_egress@');
    expect(await complete('attach', 'cgroup/sock_ops@/app')).toEqual([
      'cgroup/sock_ops@/app',
      'cgroup/sock_ops@/app/web',
      '',
    ]);
    expect(await complete('attach', app, 'id:')).toEqual(['id:1', '']);
    expect(await complete('attach', hook, 'id:')).toEqual(['']);
    expect(await complete('detach', app, 'id:')).toEqual(['id:1', '']);
  });
});

describe('show', () => {
  test('ends with what lies behind the hook, and warnings', async () => {
    await attach('firewall');
    await attach('firewall', '--link');
    await succeeds('simulate', 'clsact', 'add', 'eth0');
    const lines = (await succeeds('show', hook)).trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual([
      '  behind it: the clsact qdisc without filters; what comes to the end is accepted',
      '  ! firewall is here 2 times with the same instructions: id:1 at position 1, id:2 at position 2',
    ]);
  });
});

describe('run', () => {
  test('an empty hook, with a packet as digits and in a file', async () => {
    const packet = 'ff:ff:ff:ff:ff:ff 02 00 00 00 00 01 08 00';
    const stdout = await succeeds('run', hook, '--packet', packet);
    expect(stdout).toMatch(
      /^tcx\/ingress@eth0 {2}14 bytes\n {2}no programs\n {2}→ no program ends the chain/,
    );
    expect(stdout).toContain('What such a run cannot know');
    const file = join(host.directory, 'frame');
    writeFileSync(file, Buffer.alloc(64));
    const answer = JSON.parse(await succeeds('run', hook, '--packet', file, '-o', 'json'));
    expect(answer).toMatchObject({ version: 1, hook, length: 64, runs: [], rest: 0 });
  });

  test.each([127, 128, 1514, 9000])('a frame of %i bytes as digits', async (length) => {
    const stdout = await succeeds('run', hook, '--packet', '0a'.repeat(length));
    expect(stdout.split('\n')[0]).toBe(`${hook}  ${length} bytes`);
  });

  test('a program that the simulated kernel does not know how to run is an error', async () => {
    await attach('firewall');
    expect(await refused('run', hook, '--packet', '00'.repeat(14))).toContain(
      'id:1 firewall cannot be run: a simulated kernel runs no instructions (EOPNOTSUPP)',
    );
  });

  test.each([
    ['none', ['run', hook], 2, /--packet is missing|one of|wants/],
    ['no digits and no file', ['run', hook, '--packet', 'xyz'], 1, /no such file, and it is no even number/],
    ['too short', ['run', hook, '--packet', 'ffff'], 1, /the packet has 2 bytes/],
    ['a directory', ['run', hook, '--packet', '/'], 1, /it is a directory \(EISDIR\)/],
    ['a file below a file', ['run', hook, '--packet', `${program}/x`], 1, /no directory \(ENOTDIR\)/],
    ['no file', ['run', hook, '--packet', '/dev/zero'], 1, /it is no regular file \(EINVAL\)/],
    [
      'no digits of a name too long',
      ['run', hook, '--packet', 'x'.repeat(256)],
      1,
      /no such file, and it is no even/,
    ],
  ])('a packet that is %s', async (_, words, status, message) => {
    const result = await run(...words);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  test('a capture of many packets is refused', async () => {
    const file = join(host.directory, 'some.pcap');
    writeFileSync(file, Buffer.concat([Buffer.from('d4c3b2a1', 'hex'), Buffer.alloc(100)]));
    expect(await refused('run', hook, '--packet', file)).toContain('it is a capture of many packets');
  });
});

describe('probe', () => {
  test('says what the kernel offers, as text and as JSON', async () => {
    const stdout = await succeeds('probe');
    expect(stdout).toMatch(/^simulated /);
    expect(stdout).toMatch(/^ {2}tcx +yes /m);
    expect(stdout).toMatch(/^ {2}netkit +no .*needs Linux 6\.7 and CONFIG_NETKIT$/m);
    const { version, features, capabilities } = JSON.parse(await succeeds('probe', '-o', 'json'));
    expect(version).toBe(1);
    expect(capabilities).toContain('CAP_BPF');
    expect(features.map(({ name }: { name: string }) => name)).toEqual([
      'tcx',
      'netkit',
      'cgroup',
      'cgroupOrdering',
      'preorder',
      'links',
      'testRun',
      'cgroup2',
      'bpffs',
      'libbpf',
      'ids',
    ]);
  });
});
