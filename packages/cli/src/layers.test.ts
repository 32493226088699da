import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { cgroupLines } from '../test/readme-lines.js';
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

  test('the lines of the README work, but for run', async () => {
    const lines = cgroupLines();
    expect(lines.map(([word]) => word)).toEqual(['attach', 'show', 'run', 'detach']);
    for (const words of lines) {
      if (words[0] === 'run')
        expect(await refused(...words)).toContain('a simulated kernel runs no instructions');
      else expect(await succeeds(...words)).toContain('meter');
    }
    expect(await succeeds('ls', '/app', '-q')).toBe('');
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
    const note = `  with PREORDER it runs before those without, whatever its position: mprog show ${app} --effective\n`;
    expect(await succeeds('attach', app, program, '--preorder', '--dry-run')).toContain(note);
    expect(await succeeds('attach', app, program, '--preorder')).toContain(note);
    expect(await succeeds('attach', 'cgroup/inet_egress@/app/web', program)).not.toContain('PREORDER');
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
    ['in a pattern that is a layer', ['ls', 'cgroup'], /is that of a device; write 'cgroup\/\*'/],
    [
      'in a pattern that has no target',
      ['ls', 'tcx/ingress'],
      /is that of a device; write 'tcx\/ingress@\*'/,
    ],
    [
      'for one program of an object with several',
      ['attach', 'cgroup/inet_ingress@/app', objectPath('cgroup')],
      /several programs: count_out, .*; name one, for example .*cgroup\.bpf\.o:allow_in/,
    ],
    [
      'of a device, for one program of an object with several',
      ['attach', 'tcx/egress@eth0', objectPath('audit')],
      /for example .*audit\.bpf\.o:audit_out/,
    ],
    [
      'that no program of the object is made for',
      ['attach', hook, objectPath('cgroup')],
      /for example .*cgroup\.bpf\.o:count_out/,
    ],
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
    [
      'netkit, which this kernel lacks',
      ['show', 'netkit/primary@eth0'],
      /netkit is not in this kernel .*; a host in a file gets it by: simulate device add nk0 --netkit nk1/,
    ],
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

describe('hooks of a netkit pair', () => {
  const primary = 'netkit/primary@nk0';
  const peer = 'netkit/peer@nk0';

  test('are there once a host has a pair: attached to, listed, completed, and gone with either end', async () => {
    expect(await succeeds('simulate', 'device', 'add', 'nk0', '--netkit', 'nk1')).toBe(
      'added netkit pair nk0 (ifindex 4) and its peer nk1 (ifindex 3)\n',
    );
    expect(await succeeds('probe')).toMatch(/^ {2}netkit +yes /m);
    await succeeds('attach', primary, `${objectPath('netkit')}:at_primary`, '--link');
    await succeeds('attach', peer, `${objectPath('netkit')}:at_peer`);
    expect(await succeeds('ls', 'nk0')).toMatch(
      /netkit\/primary@nk0 {2}revision 2, 1 program\n.* at_primary .*\nnetkit\/peer@nk0 .*\n.* at_peer /,
    );
    expect(await succeeds('show', peer)).toContain(
      'behind it: policy pass, which counts only while there are no',
    );
    expect(await succeeds('__complete', '--kernel', `simulated:${host.file}`, 'attach', 'netkit/')).toContain(
      primary,
    );
    expect(await refused('show', 'netkit/peer@nk1')).toContain(
      'name the primary device, nk0: netkit/peer@nk0',
    );
    await succeeds('simulate', 'device', 'remove', 'nk1');
    expect(await succeeds('link', 'ls')).toMatch(/netkit +1 +at_primary +defunct/);
    expect(await refused('show', primary)).toContain('there is no device nk0');
  });

  test.each([['nk0'], ['eth0'], ['a/b']])(
    'a pair with a peer %s that cannot be leaves the host as it was',
    async (other) => {
      expect(await refused('simulate', 'device', 'add', 'nk0', '--netkit', other)).toMatch(/EEXIST|EINVAL/);
      expect(await refused('show', primary)).toContain('netkit is not in this kernel');
      await succeeds('simulate', 'device', 'add', 'nk0');
    },
  );

  test('as JSON, in a namespace, and refused where a name is taken', async () => {
    await succeeds('simulate', 'netns', 'add', 'blue');
    const words = ['--netns', 'blue', 'simulate', 'device', 'add', 'nk0', '--netkit', 'nk1'];
    const answer = JSON.parse(await succeeds(...words, '-o', 'json'));
    expect(answer).toMatchObject({
      added: 'device',
      name: 'nk0',
      ifindex: 3,
      peer: { name: 'nk1', ifindex: 2 },
    });
    expect(await succeeds('show', `${primary}%blue`)).toContain('revision  1');
    expect(await refused(...words)).toMatch(/nk0.*EEXIST/);
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
    const packet = 'ff:ff:ff:ff:ff:ff 02 00 00 00 00 01 08 06';
    const stdout = await succeeds('run', hook, '--packet', packet);
    // Nothing ran, so there is nothing that the run could not know.
    expect(stdout).toBe(
      'tcx/ingress@eth0  14 bytes\n  → no programs: classic filters go on where there are any, else it is accepted\n',
    );
    expect(await succeeds('run', app, '--packet', packet)).toBe(
      `${app}  14 bytes\n  → no programs: allowed\n`,
    );
    const file = join(host.directory, 'frame');
    writeFileSync(file, Buffer.alloc(64));
    const answer = JSON.parse(await succeeds('run', hook, '--packet', file, '-o', 'json'));
    expect(answer).toMatchObject({ version: 1, hook, length: 64, runs: [], rest: 0, unknown: [] });
  });

  test('a file that cannot be looked at is refused', async () => {
    const file = join(host.directory, 'circle');
    symlinkSync(file, file);
    expect(await refused('run', hook, '--packet', file)).toMatch(/^mprog: read packet .* \(ELOOP\)\n$/);
  });

  test.each([127, 128, 1514, 9000])('a frame of %i bytes as digits', async (length) => {
    const stdout = await succeeds('run', hook, '--packet', '0a'.repeat(length));
    expect(stdout.split('\n')[0]).toBe(`${hook}  ${length} bytes`);
  });

  test('a program that the simulated kernel does not know how to run is an error', async () => {
    await attach('firewall');
    expect(await refused('run', hook, '--packet', '00'.repeat(14))).toContain(
      'id:1 firewall cannot be run: a simulated kernel runs no instructions (EOPNOTSUPP); attach it on the running kernel',
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
    expect(stdout).toMatch(
      /^ {2}testRun +yes .*since Linux 4\.12, but a simulated one runs no instructions$/m,
    );
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
