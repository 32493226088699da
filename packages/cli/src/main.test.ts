import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kernel, tcx } from '@mprog/kernel';
import { openSimulatedFile } from '@mprog/kernel/simulated-file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { hook, SimulatedHost } from '../test/simulated-host.js';
import { main } from './main.js';

const host = new SimulatedHost();
const { attach, inventory, names, refused, succeeds } = host;
beforeEach(host.setUp);
afterEach(host.tearDown);

describe('attaching in an order that is stated by before and after', () => {
  test('puts three programs in order, with positions, links and pins in the listing', async () => {
    await attach('firewall');
    await attach('telemetry', '--before', 'name:firewall', '--link');
    await succeeds(
      'attach',
      hook,
      `${objectPath('audit')}:audit_in`,
      '--after',
      'name:telemetry',
      '--before',
      'name:fire*',
    );
    expect(await names()).toEqual(['telemetry', 'audit_in', 'firewall']);
    const { hooks } = await inventory();
    expect(hooks).toHaveLength(1);
    expect(hooks[0]).toMatchObject({ hook, revision: '4', ifindex: 2, netns: null });
    expect(hooks[0]?.attachments.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(hooks[0]?.attachments[0]?.link?.pins).toHaveLength(1);
    expect(hooks[0]?.attachments[1]?.link).toBeNull();
  });

  test('--first and --last', async () => {
    await attach('firewall');
    await attach('telemetry', '--first');
    await attach('stop', '--last');
    expect(await names()).toEqual(['telemetry', 'firewall', 'stop']);
  });

  test('--replace takes the place, and the sentence names both', async () => {
    await attach('firewall');
    await attach('telemetry');
    expect(await attach('stop', '--replace', 'name:firewall')).toMatch(
      /^attached stop .* in place of firewall /,
    );
    expect(await names()).toEqual(['stop', 'telemetry']);
  });

  test('--dry-run shows the chain that would be, and changes nothing', async () => {
    await attach('firewall');
    const before = host.state();
    const stdout = await attach('telemetry', '--first', '--dry-run');
    expect(stdout).toMatch(/^would attach telemetry to tcx\/ingress@eth0, position 1/);
    expect(stdout).toMatch(/\+ +1 +telemetry.*\n +2 +firewall/);
    expect(host.state()).toEqual(before);
  });

  test('the right revision is accepted', async () => {
    await attach('firewall', '--revision', '1');
    expect(await names()).toEqual(['firewall']);
  });

  test('-o json gives the change', async () => {
    const answer = JSON.parse(await attach('firewall', '-o', 'json'));
    expect(answer).toMatchObject({
      version: 1,
      kernel: expect.stringMatching(/^simulated /),
      bootId: expect.any(String),
    });
    expect(answer.changes).toMatchObject([
      {
        kind: 'attach',
        hook,
        position: 1,
        revisionBefore: '1',
        revisionAfter: '2',
        dryRun: false,
        program: { id: 1, name: 'firewall' },
      },
    ]);
  });

  test('-q prints the id alone', async () => {
    expect(await attach('firewall', '-q')).toBe('1\n');
    expect(await attach('telemetry', '-q')).toBe('2\n');
    expect(await succeeds('ls', '-q')).toBe('1\n2\n');
    expect(await succeeds('show', hook, '-q')).toBe('1\n2\n');
  });
});

describe('detaching', () => {
  test('takes exactly one away and says which', async () => {
    await attach('firewall');
    await attach('telemetry');
    expect(await succeeds('detach', hook, 'name:firewall')).toMatch(
      /^detached firewall \(id 1\) from tcx\/ingress@eth0/,
    );
    expect(await names()).toEqual(['telemetry']);
  });

  test.each([
    [['--first'], ['telemetry', 'stop']],
    [['--last'], ['firewall', 'telemetry']],
    [
      ['--before', 'name:stop'],
      ['firewall', 'stop'],
    ],
    [
      ['--after', 'name:firewall'],
      ['firewall', 'stop'],
    ],
  ])('by %j', async (words, left) => {
    for (const name of ['firewall', 'telemetry', 'stop']) await attach(name);
    await succeeds('detach', hook, ...words);
    expect(await names()).toEqual(left);
  });

  test('--ignore-missing makes it no failure that there is nothing', async () => {
    expect(await succeeds('detach', hook, 'name:firewall', '--ignore-missing')).not.toBe('');
  });
});

describe('links', () => {
  test('live from pin to pin: made, shown, updated, pinned again, unpinned, gone', async () => {
    await attach('firewall', '--link');
    expect(await succeeds('link', 'ls')).toMatch(
      /^ +1 +tcx +1 +firewall +tcx\/ingress@eth0 +ours +\/sys\/fs\/bpf\/mprog\/links\//m,
    );
    expect(await succeeds('link', 'show', 'link:1')).toContain('firewall, id 1');
    expect(await succeeds('link', 'update', 'link:1', objectPath('telemetry'))).toMatch(
      /^updated link 1 .*telemetry/,
    );
    expect(await names()).toEqual(['telemetry']);
    await succeeds('link', 'pin', 'link:1', '/sys/fs/bpf/other');
    const [first] = JSON.parse(await succeeds('link', 'show', 'link:1', '-o', 'json')).links[0].pins;
    await succeeds('link', 'unpin', first);
    expect(await names()).toEqual(['telemetry']);
    await succeeds('link', 'unpin', '/sys/fs/bpf/other', '--force');
    expect(await names()).toEqual([]);
    expect(await succeeds('link', 'ls')).toBe('there are no links\n');
  });

  test('detach keeps nothing', async () => {
    await attach('firewall', '--link');
    expect(await succeeds('link', 'detach', 'link:1')).toMatch(/^detached firewall/);
    expect(await succeeds('link', 'ls', '-q')).toBe('');
  });

  test('of a device that is gone are defunct until they are pruned', async () => {
    await attach('firewall', '--link');
    expect(await succeeds('link', 'prune')).toBe('no link of ours is defunct\n');
    await succeeds('simulate', 'device', 'remove', 'eth0');
    expect(await succeeds('link', 'ls')).toContain('defunct');
    expect(await succeeds('link', 'prune', '--dry-run')).toMatch(/^would remove pin/);
    expect(await succeeds('link', 'ls', '-q')).toBe('1\n');
    expect(await succeeds('link', 'prune')).toMatch(/^removed pin/);
    expect(await succeeds('link', 'ls', '-q')).toBe('');
  });
});

describe('programs', () => {
  test('are loaded and pinned, attached by their pin, and unpinned', async () => {
    const pin = '/sys/fs/bpf/mprog/programs/fw';
    expect(await succeeds('program', 'load', objectPath('firewall'), '--pin', pin)).toMatch(
      /^loaded firewall \(id 1\)/,
    );
    expect(await succeeds('program', 'ls')).toMatch(/^ +1 +sched_cls +firewall .*\/programs\/fw$/m);
    await succeeds('attach', hook, `pin:${pin}`);
    await succeeds('program', 'unpin', pin);
    expect(await names()).toEqual(['firewall']);
  });

  test('whole names are shown where the kernel keeps 15 characters', async () => {
    await attach('long-name');
    const [whole] = (await inventory()).hooks[0]!.attachments.map(({ program }) => program.name!);
    const shown = await succeeds('show', hook);
    expect(whole).toHaveLength(15);
    expect(shown).toMatch(new RegExp(`${whole}\\w+`));
  });
});

describe('listing', () => {
  test('says in words that there is nothing', async () => {
    expect(await succeeds('ls')).toBe('no hook in this namespace has programs\n');
    expect(await succeeds('ls', '--all-namespaces')).toBe('no hook in any namespace has programs\n');
    expect(await succeeds('ls', 'eth0')).toBe('no hook that matches eth0 has programs\n');
    expect(await succeeds('program', 'ls')).toBe('there are no programs\n');
    expect(await succeeds('show', hook)).toMatch(/programs +none/);
  });

  test('other namespaces are looked into by --netns, by name and by --all-namespaces', async () => {
    await succeeds('simulate', 'netns', 'add', 'blue');
    await succeeds('--netns', 'blue', 'simulate', 'device', 'add', 'eth7');
    await succeeds('attach', 'tcx/egress@eth7%blue', objectPath('firewall'));
    expect(await succeeds('ls')).toBe('no hook in this namespace has programs\n');
    for (const words of [
      ['ls', '--netns', 'blue'],
      ['ls', '--all-namespaces'],
      ['ls', 'eth7%blue'],
    ]) {
      expect(await succeeds(...words)).toMatch(/tcx\/egress@eth7.*\n +1 +1 +firewall/);
    }
    await succeeds('simulate', 'device', 'add', 'eth9');
    await succeeds('simulate', 'device', 'move', 'eth9', 'blue');
    expect(await succeeds('show', 'tcx/ingress@eth9%blue')).toContain('revision');
  });
});

describe('completion', () => {
  const offered = async (...words: string[]) => {
    const terminal = recordedTerminal();
    await main(['__complete', '--kernel', `simulated:${host.file}`, ...words], terminal);
    return terminal
      .written()
      .split('\n')
      .flatMap((line) => line.split('\t')[0] || []);
  };

  test('offers names of members that mean one of them alone', async () => {
    await attach('firewall');
    await attach('telemetry');
    await attach('telemetry');
    expect(await offered('detach', hook, 'name:')).toEqual(['name:firewall']);
    expect(await offered('detach', hook, '')).toEqual(
      expect.arrayContaining(['id:1', 'id:2', 'id:3', 'name:']),
    );
  });

  test('offers hooks without programs to look at, once no other is meant', async () => {
    await succeeds('simulate', 'cgroup', 'add', '/app');
    await attach('firewall');
    const egress = 'tcx/egress@eth0';
    expect(await offered('show', '')).toEqual([hook]);
    expect(await offered('show', 'tcx/e')).toContain(egress);
    expect(await offered('show', 'tcx/ingress@')).toEqual([hook, 'tcx/ingress@lo']);
    expect(await offered('run', 'cgroup/inet_egress@')).toEqual([
      'cgroup/inet_egress@/',
      'cgroup/inet_egress@/app',
    ]);
    expect(await offered('detach', 'tcx/e')).toEqual([]);
    expect(await offered('ls', 'e')).toEqual(['eth0']);
  });

  test('offers pins to remove, and to a link of a cgroup programs that it takes', async () => {
    await succeeds('simulate', 'cgroup', 'add', '/app');
    await succeeds('attach', 'cgroup/inet_egress@/app', `${objectPath('cgroup')}:count_out`, '--link');
    await attach('firewall', '--pin', '/sys/fs/bpf/fw');
    const [pin] = await offered('link', 'unpin', '/sys/fs/bpf/mprog/');
    expect(pin).toMatch(/^\/sys\/fs\/bpf\/mprog\/links\/.*\/count_out$/);
    expect(await offered('program', 'unpin', '/sys/fs/bpf/f')).toEqual(['/sys/fs/bpf/fw']);
    expect(await offered('attach', hook, 'id:2', '--pin', '/sys/fs/bpf/f')).toEqual([]);
    expect(await offered('link', 'update', 'link:1', 'id:')).toEqual(['id:1']);
  });

  test('offers the programs of an object file', async () => {
    const path = objectPath('audit');
    const programs = [`${path}:audit_in`, `${path}:audit_out`];
    expect(await offered('attach', hook, `${path}:`)).toEqual(programs);
    expect(await offered('attach', hook, `${path}:audit_o`)).toEqual(programs.slice(1));
    expect(await offered('program', 'load', `${path}:`)).toEqual(programs);
    expect(await offered('program', 'load', path.slice(0, -1))).toEqual([path]);
    expect(await offered('attach', hook, '/nowhere/x.o:')).toEqual([]);
  });

  test('offers the names of traces that come with mprog', async () => {
    expect(await offered('conformance', 'replay', 'tcx-00')).toEqual(
      expect.arrayContaining(['tcx-001', 'tcx-003']),
    );
    expect(await offered('conformance', 'replay', 'cgroup-00')).toContain('cgroup-001');
  });
});

describe('a full hook', () => {
  test('refuses one more', { timeout: 60_000 }, async () => {
    using opened = openSimulatedFile(host.file);
    const kernel = new Kernel(opened);
    const [ifindex] = opened.world
      .devices()
      .flatMap((device) => (device.name === 'eth0' ? [device.ifindex] : []));
    const bytes = readFileSync(objectPath('stop'));
    for (let index = 0; index < 63; index++) {
      using object = opened.objects.load(bytes, { name: 'stop.bpf.o' });
      kernel.attachments.attach(tcx('ingress', ifindex!), object.programs[0]!.fd);
    }
    expect(await refused('attach', hook, objectPath('firewall'))).toMatch(/full/);
  });
});

describe('somebody else', () => {
  test('is not detached, replaced or updated without --force', async () => {
    await attach('firewall', '--link');
    const elsewhere = ['--state', join(host.directory, 'elsewhere')];
    // Neither pin nor journal of ours name it: the pin is put elsewhere, and another journal is read.
    const [pin] = JSON.parse(await succeeds('link', 'show', 'link:1', '-o', 'json')).links[0].pins;
    await succeeds('link', 'pin', 'link:1', '/sys/fs/bpf/theirs');
    await succeeds('link', 'unpin', pin);
    expect(await succeeds('ls', ...elsewhere)).toContain('foreign');
    for (const words of [
      ['detach', hook, 'name:firewall'],
      ['attach', hook, objectPath('stop'), '--replace', 'link:1'],
      ['link', 'update', 'link:1', objectPath('stop')],
      ['link', 'detach', 'link:1'],
      ['link', 'unpin', '/sys/fs/bpf/theirs'],
    ]) {
      expect(await refused(...words, ...elsewhere)).toMatch(/not ours.*--force/);
    }
    await succeeds('detach', hook, 'name:firewall', '--force', ...elsewhere);
    expect(await names()).toEqual([]);
  });
});
