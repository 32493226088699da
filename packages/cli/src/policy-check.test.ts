import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { SimulatedHost } from '../test/simulated-host.js';
import { main } from './main.js';

vi.setConfig({ testTimeout: 60_000 });

const host = new SimulatedHost();
beforeEach(host.setUp);
afterEach(host.tearDown);

const good =
  `version: 1\nprograms:\n  fw: { object: ${objectPath('firewall')} }\n` +
  'hooks:\n- on: tcx/ingress\n  devices: [eth0]\n  order: [fw]\n';
const write = (text: string): string => {
  const path = join(host.directory, 'p.yaml');
  writeFileSync(path, text);
  return path;
};

describe('policy check', () => {
  test('a policy that is fine', async () => {
    const path = write(good);
    expect(await host.succeeds('policy', 'check', path)).toBe(`${path}: fine: 1 program on 1 hook\n`);
  });

  test('a name with control characters reaches no terminal as it is', async () => {
    const path = join(host.directory, 'a\u001b[31m\n.yaml');
    writeFileSync(path, good);
    expect(await host.succeeds('policy', 'check', path)).toBe(
      `${host.directory}/a\\x1b[31m\\x0a.yaml: fine: 1 program on 1 hook\n`,
    );
  });

  test('errors are lines that editors follow, and exit status 1', async () => {
    const path = write(
      good.replace('devices: [eth0]', 'devices: [eth1, "nix*"]').replace('version: 1', 'versoin: 1'),
    );
    expect(await host.run('policy', 'check', path)).toEqual({
      status: 1,
      stdout: `${path}:1:1: error: version is missing\n${path}:1:1: error: there is no key "versoin"; did you mean version?\n${path}: 2 errors\n`,
      stderr: '',
    });
    const mended = write(good.replace('devices: [eth0]', 'devices: [eth1, "nix*"]'));
    expect((await host.run('policy', 'check', mended)).stdout).toBe(
      `${path}:6:13: error: find tcx/ingress@eth1: there is no device eth1 in this network namespace (ENODEV); it has lo, eth0; did you mean eth0?\n${path}:6:19: warning: no device matches "nix*"\n${path}: 1 error, 1 warning\n`,
    );
  });

  test('warnings alone are exit status 0', async () => {
    const path = write(good.replace('[eth0]', '["e*", "nix*"]'));
    expect(await host.run('policy', 'check', path)).toEqual({
      status: 0,
      stdout: `${path}:6:19: warning: no device matches "nix*"\n${path}: 1 warning\n`,
      stderr: '',
    });
  });

  test('reads the standard input, and answers in JSON', async () => {
    const input = good.replace('[fw]', '[fv]');
    const { status, stdout } = await host.runWith({ input }, 'policy', 'check', '-', '-o', 'json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      kernel: 'simulated 6.18',
      bootId: expect.any(String),
      policy: '-',
      problems: [
        {
          severity: 'error',
          code: 'ERR_UNKNOWN_PROGRAM',
          message: 'programs names no "fv"; did you mean fw?',
          file: '-',
          line: 7,
          column: 11,
        },
      ],
      hooks: [],
    });
    const answer = await host.runWith({ input: good }, 'policy', 'check', '-', '-o', 'json');
    expect(JSON.parse(answer.stdout)).toMatchObject({ problems: [], hooks: ['tcx/ingress@eth0'] });
  });

  test('names every object file that can not be used, as a plan does', async () => {
    const objects = `  fw: { object: none.o }
  audit: { object: ${objectPath('audit')} }
  meter: { object: ${objectPath('meter')} }
  typed: { object: ${objectPath('audit')}, program: audit_inn }
`;
    const path = write(
      good.replace(/ {2}fw: .*\n/, objects).replace('order: [fw]', 'order: [fw, audit, meter, typed]'),
    );
    const reasons = [
      /:3:3: error: (read|plan) program fw: .*none\.o: there is no such file .*\(ENOENT\)$/,
      /:4:3: error: .* has several programs: audit_in, audit_out; name one, for example program: audit_in$/,
      /:5:3: error: .* is of type cgroup_skb, and tcx takes sched_cls \(EINVAL\); it fits/,
      /:6:3: error: .* has no program audit_inn \(ENOENT\); .*did you mean audit_in\?$/,
    ].map((reason) => expect.stringMatching(reason));
    const check = await host.run('policy', 'check', path);
    expect([check.status, ...check.stdout.split('\n')]).toEqual([1, ...reasons, `${path}: 4 errors`, '']);
    const plan = await host.run('plan', path);
    const head = `mprog: read policy ${path}: it has 4 errors`;
    expect([plan.status, ...plan.stderr.split('\n')]).toEqual([1, head, ...reasons, '']);
  });

  test('objects that no hook needs are not read', async () => {
    const path = write(good.replace('hooks:', '  old: { object: none.o }\nhooks:'));
    expect((await host.run('policy', 'check', path)).stdout).toBe(
      `${path}:4:3: warning: no hook names old\n${path}: 1 warning\n`,
    );
  });

  test('looks into the namespace that --netns names', async () => {
    await host.succeeds('simulate', 'netns', 'add', 'blue');
    await host.succeeds('simulate', 'device', 'add', 'eth7', '--netns', 'blue');
    const path = write(good.replace('[eth0]', '[eth7]'));
    expect((await host.run('policy', 'check', path)).status).toBe(1);
    expect((await host.run('policy', 'check', path, '--netns', 'blue')).status).toBe(0);
  });

  test.each([
    ['a file that is not there', 'none.yaml', 'there is no such file or directory (ENOENT)'],
    ['a directory', '.', 'it is a directory (EISDIR)'],
    ['a device', '/dev/null', 'it is no regular file (EINVAL)'],
  ])('%s is refused', async (_, path, reason) => {
    expect(await host.refused('policy', 'check', path)).toBe(`mprog: read policy ${path}: ${reason}\n`);
  });

  test('a state file that was asked for has to be there', async () => {
    const terminal = recordedTerminal();
    const words = ['--kernel', 'simulated:/mprog-none', 'policy', 'check', write(good)];
    expect(await main(words, terminal)).toBe(1);
    expect(terminal.complained()).toContain('open state file /mprog-none');
  });

  test('colours on a terminal show how bad it is', async () => {
    const path = write(good.replace('version: 1', 'version: 2'));
    const { stdout } = await host.runWith({ columns: 80 }, 'policy', 'check', path);
    expect(stdout).toContain(': \u001b[31merror\u001b[39m: version is 1, and this is 2\n');
  });
});

test('policy schema prints JSON Schema', async () => {
  const terminal = recordedTerminal();
  expect(await main(['policy', 'schema'], terminal)).toBe(0);
  expect(JSON.parse(terminal.written())).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['version', 'programs', 'hooks'],
  });
});
