import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kernel, tcx } from '@mprog/kernel';
import { openSimulatedFile } from '@mprog/kernel/simulated-file';
import type { Inventory } from '@mprog/manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { main } from './main.js';

const hook = 'tcx/ingress@eth0';
let directory: string;
let file: string;

async function makeHost(): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'mprog-main-'));
  file = join(directory, 'host.json');
  await succeeds('simulate', 'device', 'add', 'eth0');
}

/** A fresh host for each of the tests. */
function eachOnAHostOfItsOwn(): void {
  beforeEach(makeHost);
  afterEach(() => rmSync(directory, { recursive: true }));
}

async function run(...words: string[]) {
  const terminal = recordedTerminal();
  const status = await main(['--kernel', `simulated:${file}`, ...words], terminal);
  return { status, stdout: terminal.written(), stderr: terminal.complained() };
}

async function succeeds(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Runs what must be refused: exit status 1, nothing on stdout, one line on stderr, the host as it was. */
async function refused(...words: string[]): Promise<string> {
  const before = existsSync(file) ? hostState() : null;
  const { status, stdout, stderr } = await run(...words);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^mprog: [^\n]+\n$/);
  if (before !== null) expect(hostState()).toEqual(before);
  return stderr;
}

/** What the host holds, without what every caller leaves: its own process, and ids that were given out. */
function hostState(): unknown {
  const { nonce: _nonce, processes: _processes, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'nextId' ? undefined : value)));
}

const inventory = async (): Promise<Inventory> =>
  JSON.parse(await succeeds('ls', '--all-namespaces', '-o', 'json'));
const names = async () =>
  (await inventory()).hooks.flatMap(({ attachments }) => attachments.map(({ program }) => program.name));
const attach = (name: string, ...words: string[]) => succeeds('attach', hook, objectPath(name), ...words);

describe('attaching in an order that is stated by before and after', () => {
  eachOnAHostOfItsOwn();

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
    const before = hostState();
    const stdout = await attach('telemetry', '--first', '--dry-run');
    expect(stdout).toMatch(/^would attach telemetry to tcx\/ingress@eth0, position 1/);
    expect(stdout).toMatch(/\+ +1 +telemetry.*\n +2 +firewall/);
    expect(hostState()).toEqual(before);
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
  eachOnAHostOfItsOwn();

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
  eachOnAHostOfItsOwn();

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
  eachOnAHostOfItsOwn();

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
  eachOnAHostOfItsOwn();

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

describe('the state file', () => {
  eachOnAHostOfItsOwn();

  test('is made by what adds something, and by nothing else', async () => {
    const fresh = join(directory, 'fresh.json');
    for (const words of [
      ['ls'],
      ['simulate', 'device', 'remove', 'eth0'],
      ['attach', hook, objectPath('firewall')],
      ['simulate', 'device', 'add', 'a/b'],
    ]) {
      const terminal = recordedTerminal();
      expect(await main(['--kernel', `simulated:${fresh}`, ...words], terminal)).toBe(1);
      expect(terminal.complained()).toMatch(/^mprog: [^\n]+\n$/);
    }
    expect(readdirSync(directory).filter((name) => name.startsWith('fresh'))).toEqual([]);
    const terminal = recordedTerminal();
    expect(
      await main(
        ['--kernel', `simulated:${fresh}`, 'simulate', 'cgroup', 'add', '/app', '-o', 'json'],
        terminal,
      ),
    ).toBe(0);
    expect(JSON.parse(terminal.written())).toMatchObject({ created: fresh, added: 'cgroup', path: '/app' });
  });

  test.each([
    ['cut', () => truncateSync(file, 400)],
    ['empty', () => truncateSync(file, 0)],
    ['followed by something', () => appendFileSync(file, 'x')],
    ['another kind of file', () => writeFileSync(file, '{"hello":1}')],
  ])('that is %s is named, kept and not changed', async (_, damage) => {
    damage();
    const bytes = readFileSync(file);
    for (const words of [
      ['ls'],
      ['attach', hook, objectPath('firewall')],
      ['simulate', 'device', 'add', 'eth1'],
    ]) {
      const { status, stderr } = await run(...words);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^mprog: [^\n]*damaged[^\n]*\n$/);
      expect(readFileSync(file)).toEqual(bytes);
    }
  });
});

describe('bad input ends in one line and exit status 1, and changes nothing', () => {
  let own: { readonly directory: string; readonly file: string };

  // Nothing of this changes the host, so all of it can share one.
  beforeAll(async () => {
    await makeHost();
    await attach('firewall');
    await attach('telemetry');
    own = { directory, file };
  });

  beforeEach(() => {
    ({ directory, file } = own);
  });

  afterAll(() => rmSync(own.directory, { recursive: true }));

  const bad = (name: string, bytes: string | Buffer): string => {
    const path = join(directory, name);
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
    [['--kernel', 'linus'], /neither linux nor simulated:FILE/],
    [['--kernel', 'simulated'], /name the file/],
    [['--kernel', 'simulated:'], /name the file/],
  ])('--kernel: %j', async (words, message) => {
    const terminal = recordedTerminal();
    expect(await main([...words, 'ls'], terminal)).toBe(1);
    expect(terminal.complained()).toMatch(message);
  });
});

describe('a full hook', () => {
  eachOnAHostOfItsOwn();

  test('refuses one more', { timeout: 60_000 }, async () => {
    using host = openSimulatedFile(file);
    const kernel = new Kernel(host);
    const [ifindex] = host.world
      .devices()
      .flatMap((device) => (device.name === 'eth0' ? [device.ifindex] : []));
    const bytes = readFileSync(objectPath('stop'));
    for (let index = 0; index < 63; index++) {
      using object = host.objects.load(bytes, { name: 'stop.bpf.o' });
      kernel.attachments.attach(tcx('ingress', ifindex!), object.programs[0]!.fd);
    }
    expect(await refused('attach', hook, objectPath('firewall'))).toMatch(/full/);
  });
});

describe('somebody else', () => {
  eachOnAHostOfItsOwn();

  test('is not detached, replaced or updated without --force', async () => {
    await attach('firewall', '--link');
    const elsewhere = ['--state', join(directory, 'elsewhere')];
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

describe('conformance replay', () => {
  eachOnAHostOfItsOwn();

  test('replays on the simulated kernel without being asked to, and says so', async () => {
    const terminal = recordedTerminal();
    expect(await main(['conformance', 'replay', 'tcx-001'], terminal)).toBe(0);
    const lines = terminal.written().trimEnd().split('\n');
    expect(lines[0]).toMatch(/simulated kernel/);
    expect(lines.at(-1)).toMatch(/^1 traces, \d+ operations, 0 mismatches$/);
  });

  test('a file that is no trace is named, and the last line is the same', async () => {
    const path = join(directory, 'bad.jsonl');
    writeFileSync(path, 'not a trace\n');
    const terminal = recordedTerminal();
    expect(await main(['conformance', 'replay', path], terminal)).toBe(1);
    expect(terminal.written()).toContain('bad.jsonl');
    expect(terminal.written().trimEnd().split('\n').at(-1)).toBe('0 traces, 0 operations, 0 mismatches');
  });

  test('a state file is no kernel to replay on', async () => {
    expect(await refused('conformance', 'replay', 'tcx-001')).toMatch(/write --kernel simulated/);
  });
});

describe('without a kernel', () => {
  eachOnAHostOfItsOwn();

  test('version has the versions', async () => {
    const terminal = recordedTerminal();
    expect(await main(['version', '-o', 'json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.written())).toMatchObject({
      version: 1,
      mprog: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
    });
  });

  test('--version is version', async () => {
    const terminal = recordedTerminal();
    expect(await main(['--version', '-q'], terminal)).toBe(0);
    expect(terminal.written()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('wrong usage is exit status 2 and one line', async () => {
    const terminal = recordedTerminal();
    expect(await main(['show'], terminal)).toBe(2);
    expect(terminal.complained()).toBe('mprog: show: HOOK is missing; usage: mprog show HOOK\n');
  });

  test('help of what is no command is exit status 2', async () => {
    const terminal = recordedTerminal();
    expect(await main(['help', 'atach'], terminal)).toBe(2);
    expect(terminal.complained()).toMatch(/did you mean attach\?/);
  });

  test('colours only on a terminal, and not with --no-color or NO_COLOR', async () => {
    await attach('firewall');
    const shown = async (words: string[], environment: Record<string, string>, columns?: number) => {
      const terminal = recordedTerminal({ environment, ...(columns === undefined ? {} : { columns }) });
      await main(['--kernel', `simulated:${file}`, 'ls', ...words], terminal);
      return terminal.written();
    };
    const mark = '\u001b[';
    expect(await shown([], {}, 80)).toContain(mark);
    expect(await shown([], {})).not.toContain(mark);
    expect(await shown(['--no-color'], {}, 80)).not.toContain(mark);
    expect(await shown([], { NO_COLOR: '1' }, 80)).not.toContain(mark);
  });
});
