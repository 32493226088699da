import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kernel, type Laboratory, tcx } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { objectPath } from '../objects.js';
import { cgroupLines } from '../readme-lines.js';
import { type CommandResult, runCommand } from '../run-command.js';
import { rawQuery } from './raw-query.js';

const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;

liveSuite('the command on the running kernel', () => {
  let laboratory: Laboratory;
  let ifindex: number;
  let state: string;

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'mprog-command-'));
    laboratory = openLinuxLaboratory();
    ifindex = laboratory.addDevice('fox0');
  });

  afterEach(() => {
    laboratory.close();
    rmSync(state, { recursive: true });
  });

  const hook = 'tcx/ingress@fox0';
  const run = (...words: string[]) => runCommand([...words, '--state', state]);
  const rightfully = (...words: string[]): CommandResult => {
    const result = run(...words);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    return result;
  };
  // Hooks of cgroups are the host's, and others may have programs on them.
  const listed = () => JSON.parse(rightfully('ls', 'tcx/*', '-o', 'json').stdout);

  test('ls -o json after attach agrees with a raw PROG_QUERY', () => {
    rightfully('attach', hook, objectPath('firewall'));
    rightfully('attach', hook, objectPath('telemetry'), '--before', 'name:firewall', '--link');
    rightfully(
      'attach',
      hook,
      `${objectPath('audit')}:audit_in`,
      '--after',
      'name:firewall',
      '--after',
      'name:telemetry',
    );
    const chain = rawQuery(laboratory.host.systemCall, ifindex);
    const { hooks, kernel, errors, version } = listed();
    expect({ version, errors }).toEqual({ version: 1, errors: [] });
    expect(kernel).toMatch(/^linux \d/);
    expect(hooks).toHaveLength(1);
    const [{ attachments, ...head }] = hooks;
    expect(head).toEqual({
      hook,
      layer: 'tcx',
      direction: 'ingress',
      ifindex,
      netnsInode: laboratory.host.world.currentNamespace(),
      netns: null,
      revision: String(chain.revision),
    });
    const ids = attachments.map(({ program }: { program: { id: number } }) => program.id);
    const links = attachments.map(({ link }: { link: { id: number } | null }) => link?.id ?? 0);
    expect({ ids, links }).toEqual({ ids: chain.programs, links: chain.links });
    const names = attachments.map(({ program }: { program: { name: string } }) => program.name);
    expect(names).toEqual(['telemetry', 'firewall', 'audit_in']);
    expect(attachments.every(({ ours }: { ours: boolean }) => ours)).toBe(true);
  });

  test('the lines of the README about a cgroup work', () => {
    const path = laboratory.addCgroup();
    const lines = cgroupLines();
    expect(lines.length).toBe(4);
    for (const words of lines) {
      const { stdout } = rightfully(...words.map((word) => word.replace(/@\/app$/, `@${path}`)));
      expect(stdout).toContain('meter');
      if (words[0] === 'run') expect(stdout).toContain('ALLOW');
    }
    expect(rightfully('ls', path, '-q').stdout).toBe('');
  });

  test('a program that somebody else attached is foreign, and stays without --force', () => {
    const kernel = new Kernel(laboratory.host);
    const fd = laboratory.loadVerdict(0, { name: 'somebody' });
    kernel.attachments.attach(tcx('ingress', ifindex), fd);
    laboratory.host.world.close(fd);
    rightfully('attach', hook, objectPath('firewall'), '--before', 'name:somebody');
    const before = rawQuery(laboratory.host.systemCall, ifindex);
    for (const words of [
      ['detach', hook, 'name:somebody'],
      ['attach', hook, objectPath('telemetry'), '--replace', 'name:somebody'],
    ]) {
      const { status, stderr } = run(...words);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^mprog: [^\n]*not ours[^\n]*--force[^\n]*\n$/);
    }
    expect(rawQuery(laboratory.host.systemCall, ifindex)).toEqual(before);
    expect(listed().hooks[0].attachments.map(({ ours }: { ours: boolean }) => ours)).toEqual([true, false]);
    rightfully('detach', hook, 'name:somebody', '--force');
    expect(rawQuery(laboratory.host.systemCall, ifindex).programs).toEqual(before.programs.slice(0, 1));
  });

  test('detach empties the hook, and nothing is left on bpffs', () => {
    const { stdout } = rightfully('attach', hook, objectPath('firewall'), '--link', '-o', 'json');
    const [change] = JSON.parse(stdout).changes;
    expect(change).toMatchObject({
      kind: 'attach',
      hook,
      position: 1,
      revisionBefore: '1',
      revisionAfter: '2',
    });
    expect(laboratory.host.world.pins.list('/sys/fs/bpf')).toEqual([change.pin]);
    rightfully('detach', hook, `link:${change.link.id}`);
    expect(rawQuery(laboratory.host.systemCall, ifindex).programs).toEqual([]);
    expect(laboratory.host.world.pins.list('/sys/fs/bpf')).toEqual([]);
    expect(listed().hooks).toEqual([]);
  });

  test('programs and links of cgroups: in order, with what acts, on a packet, and gone', () => {
    const path = laboratory.addCgroup();
    const child = laboratory.addCgroup(path);
    const [above, below] = [`cgroup/inet_egress@${path}`, `cgroup/inet_egress@${child}`];
    const program = (name: string) => `${objectPath('cgroup')}:${name}`;
    rightfully('attach', below, program('short_out'));
    rightfully('attach', below, program('count_out'), '--before', 'name:short_out');
    rightfully('attach', above, program('count_out'), '--preorder');
    const { stdout } = rightfully('attach', above, program('short_out'), '--link', '-o', 'json');
    const [{ link, pin }] = JSON.parse(stdout).changes;
    expect(laboratory.host.world.pins.list('/sys/fs/bpf')).toEqual([pin]);

    const [shown] = JSON.parse(rightfully('show', below, '--effective', '-o', 'json').stdout).hooks;
    // Others may have programs on the root of the machine; they act first or last.
    const ours = shown.effective.filter((one: { cgroup: string }) => one.cgroup.startsWith(path));
    const parts = ours.map(
      (one: { program: { name: string }; link: { id: number } | null; cgroup: string }) => [
        one.program.name,
        one.link?.id ?? null,
        one.cgroup,
      ],
    );
    expect(parts).toEqual([
      ['count_out', null, path],
      ['count_out', null, child],
      ['short_out', null, child],
      ['short_out', link.id, path],
    ]);
    expect(ours.at(0).preorder).toBe(true);
    expect(ours.at(-1).preorder).toBe(false);

    const packet = (length: number) => ['--packet', `${'02'.repeat(12)}0800${'45'.repeat(length - 14)}`];
    expect(rightfully('run', below, ...packet(64)).stdout).toContain('→ allowed; every program was asked');
    const refused = rightfully('run', below, ...packet(1600)).stdout;
    expect(refused).toMatch(/ count_out .* ALLOW /);
    expect(refused).toMatch(/ short_out .* REFUSE /);
    expect(refused).toContain('→ refused with EPERM to the sender, by id:');

    const wrong = run('attach', below, program('no_telnet'));
    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toContain('is of type cgroup_sock_addr, and cgroup/inet_egress takes cgroup_skb');
    rightfully('attach', `cgroup/inet4_connect@${path}`, program('no_telnet'));
    rightfully('detach', above, `link:${link.id}`);
    expect(laboratory.host.world.pins.list('/sys/fs/bpf')).toEqual([]);
    rightfully('detach', above, 'name:count_out');
    expect(JSON.parse(rightfully('ls', `${path}*`, '-o', 'json').stdout).hooks).toMatchObject([
      { hook: `cgroup/inet4_connect@${path}`, attachments: [{ program: { name: 'no_telnet' }, ours: true }] },
      { hook: below, attachments: [{ position: 1 }, { position: 2 }] },
    ]);
  });

  test('a stale revision is refused, and the chain stays', () => {
    rightfully('attach', hook, objectPath('firewall'));
    const before = rawQuery(laboratory.host.systemCall, ifindex);
    const { status, stderr } = run('attach', hook, objectPath('telemetry'), '--revision', '1');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mprog: .*revision is 2, expected 1 \(ESTALE\)[^\n]*\n$/);
    expect(rawQuery(laboratory.host.systemCall, ifindex)).toEqual(before);
  });

  test('a link that could not be pinned never reaches the hook', () => {
    rightfully('attach', hook, objectPath('telemetry'));
    const before = rawQuery(laboratory.host.systemCall, ifindex);
    expect(spawnSync('mount', ['-o', 'remount,ro', '/sys/fs/bpf']).status).toBe(0);
    for (const words of [['--link'], ['--pin', '/sys/fs/bpf/a/b']]) {
      const { status, stderr } = run('attach', hook, objectPath('firewall'), ...words);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^mprog: attach .*: bpffs at \/sys\/fs\/bpf is read-only \(EROFS\); remount it with mount -o remount,rw \/sys\/fs\/bpf\n$/,
      );
    }
    expect(rawQuery(laboratory.host.systemCall, ifindex)).toEqual(before);
    expect(spawnSync('mount', ['-o', 'remount,rw', '/sys/fs/bpf']).status).toBe(0);
    rightfully('attach', hook, objectPath('firewall'), '--link');
  });

  test('what the verifier says stands below the error', () => {
    const { status, stderr } = run('attach', hook, objectPath('rejected'));
    const [first, ...log] = stderr.trimEnd().split('\n');
    expect(status).toBe(1);
    expect(first).toMatch(/^mprog: .*rejected\.bpf\.o.*verifier/);
    expect(log.length).toBeGreaterThan(3);
    expect(log.every((line) => line.startsWith('  '))).toBe(true);
    expect(rawQuery(laboratory.host.systemCall, ifindex).programs).toEqual([]);
  });

  test('without any right: refused, with what is missing and what to do instead', ({ skip }) => {
    skip(!hasSetpriv, 'setpriv is not installed');
    const none = ['setpriv', '--bounding-set', '-all'];
    for (const words of [['ls'], ['attach', hook, objectPath('firewall')], ['program', 'ls']]) {
      const { status, stdout, stderr } = runCommand([...words, '--state', state], none);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(
        /^mprog: use the linux kernel: needs .*CAP_NET_ADMIN.*--kernel simulated:FILE\n$/,
      );
    }
  });

  test('with fewer rights ls still lists ids, ? for the rest, and says why in one line', ({ skip }) => {
    skip(!hasSetpriv, 'setpriv is not installed');
    rightfully('attach', hook, objectPath('firewall'));
    const [id] = rawQuery(laboratory.host.systemCall, ifindex).programs;
    const few = ['setpriv', '--bounding-set', '-all,+net_admin,+bpf'];
    const text = runCommand(['ls', 'tcx/*', '--state', state], few);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(new RegExp(`^ +1 +${id} +\\? +\\? +- `, 'm'));
    expect(text.stderr).toMatch(/^mprog: [^\n]*CAP_SYS_ADMIN[^\n]*\n$/);
    const json = JSON.parse(runCommand(['ls', 'tcx/*', '-o', 'json', '--state', state], few).stdout);
    expect(json.hooks[0].attachments[0].program).toMatchObject({ id, name: null, tag: null, type: null });
    expect(json.errors).toHaveLength(1);
  });

  test('completion offers live hooks, members and links', () => {
    rightfully('attach', hook, objectPath('firewall'), '--link');
    const {
      programs: [program],
      links: [link],
    } = rawQuery(laboratory.host.systemCall, ifindex);
    const offered = (...words: string[]) =>
      runCommand(['__complete', '--state', state, ...words])
        .stdout.split('\n')
        .map((line) => line.split('\t')[0]);
    expect(offered('show', 'tcx/ingress@f')).toEqual([hook, '']);
    expect(offered('attach', 'tcx/egress@f')).toEqual(['tcx/egress@fox0', '']);
    expect(offered('detach', hook, '')).toEqual(
      expect.arrayContaining([`id:${program}`, `link:${link}`, 'name:firewall']),
    );
    expect(offered('link', 'show', 'link:')).toEqual(expect.arrayContaining([`link:${link}`]));
  });
});
