import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HookOutcome, PolicyPlan } from '@mprog/manager/policy';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { objectPath } from '../test/objects.js';
import { PolicyHost } from '../test/policy-host.js';
import { hook } from '../test/simulated-host.js';

vi.setConfig({ testTimeout: 120_000 });

const host = new PolicyHost();
beforeEach(host.setUpPolicy);
afterEach(host.tearDown);

describe('plan', () => {
  test('shows programs, chains and steps, and changes nothing', async () => {
    const before = host.state();
    const text = await host.succeeds('plan', host.policy);
    expect(text.split('\n').map((line) => line.replace(host.directory, 'DIR'))).toEqual(
      expect.arrayContaining([
        '  + fw  is loaded from DIR/firewall.bpf.o:firewall',
        'tcx/ingress@eth0  revision 1',
        '  +  1  tel  (telemetry, to be loaded, link)',
        '  +  2  fw  (firewall, to be loaded, link)',
        '  overlap, 2 waits',
        '1 hook to change with 2 waits, some 16 ms',
      ]),
    );
    expect(host.state()).toEqual(before);
  });

  test('with --exit-code tells by the exit status whether something would change', async () => {
    expect((await host.run('plan', host.policy, '--exit-code')).status).toBe(3);
    expect((await host.run('plan', host.policy)).status).toBe(0);
    await host.succeeds('apply', host.policy, '--yes');
    expect((await host.run('plan', host.policy, '--exit-code')).status).toBe(0);
    expect(await host.succeeds('plan', host.policy)).toBe('nothing to change on 1 hook\n');
  });

  test('answers in JSON', async () => {
    expect(await host.json<PolicyPlan>('plan', host.policy)).toMatchObject({
      version: 1,
      kernel: 'simulated 6.18',
      policy: host.policy,
      programs: [
        { name: 'fw', action: 'load' },
        { name: 'tel', action: 'load' },
      ],
      hooks: [{ hook, waits: 2, base: { revision: '1', programs: [], links: [] }, error: null }],
      changes: true,
    });
  });

  test('reads the standard input; its paths are relative to the working directory', async () => {
    const input = readFileSync(host.policy, 'utf8').replace(/object: /g, `object: ${host.directory}/`);
    const { status, stdout } = await host.runWith({ input }, 'plan', '-', '--exit-code');
    expect([status, stdout.includes('1 hook to change')]).toEqual([3, true]);
  });

  test('a policy with errors is refused with all of them', async () => {
    host.write('tel, fx', '  frist: tel\n');
    const { status, stdout, stderr } = await host.run('plan', host.policy);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')).toEqual([
      `mprog: read policy ${host.policy}: it has 2 errors`,
      `  ${host.policy}:8:16: error: programs names no "fx"; did you mean fw?`,
      `  ${host.policy}:9:3: error: there is no key "frist"; did you mean first?`,
      '',
    ]);
  });

  test('a program of others that has to be there and is not is named with the hook, once', async () => {
    host.write('stop, fw', '', '  stop: { match: { name: stop } }\n');
    const { status, stdout } = await host.run('plan', host.policy);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`\n  apply \\S+ to ${hook}: stop \\(\\S+\\) is not on the hook \\(ENOENT\\); attach it`),
    );
  });

  test('what can not be satisfied is named in the lines of the policy, with exit status 1', async () => {
    await host.attachAudit();
    await host.succeeds('attach', hook, objectPath('stop'), '--last');
    host.write(
      'stop, fw, audit',
      '',
      '  stop: { match: { name: stop } }\n  audit: { match: { name: "audit*" } }\n',
    );
    const { status, stdout } = await host.run('plan', host.policy, '--exit-code');
    expect(status).toBe(1);
    expect(stdout).toContain(`${hook}: no plan\n`);
    expect(stdout).toContain(`${host.policy}:10:`);
    expect(stdout).toContain('; 1 hook without a plan\n');
  });

  test('warns of patterns that nothing matches, and of programs that no hook names', async () => {
    host.write('fw');
    writeFileSync(host.policy, readFileSync(host.policy, 'utf8').replace('[eth0]', '[eth0, "nix*"]'));
    const { status, stderr } = await host.run('plan', host.policy);
    expect(status).toBe(0);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      `mprog: ${host.policy}:4:3: warning: no hook names tel`,
      `mprog: ${host.policy}:7:19: warning: no device matches "nix*"`,
    ]);
  });
});

describe('apply', () => {
  test('without a terminal and without --yes is refused before anything is looked at', async () => {
    expect(await host.refused('apply', host.policy)).toBe(
      `mprog: apply ${host.policy}: nobody can be asked without a terminal; look at the plan and give --yes\n`,
    );
    expect(await host.refused('apply', 'none.yaml')).toContain('nobody can be asked');
    // A terminal to read from is not enough where the question can't be seen.
    expect((await host.runWith({ answer: true }, 'apply', host.policy)).status).toBe(1);
    expect(await host.names()).toEqual([]);
  });

  test('asks on a terminal, and does what is answered', async () => {
    const declined = await host.runWith({ columns: 80, answer: false }, 'apply', host.policy);
    expect(declined.status).toBe(1);
    expect(declined.stdout).toContain('1 hook to change with 2 waits');
    expect(declined.stderr).toContain('Change 1 hook?\n');
    expect(declined.stderr).toContain(`apply ${host.policy}: nothing was changed`);
    expect(await host.names()).toEqual([]);
    const agreed = await host.runWith({ columns: 80, answer: true }, 'apply', host.policy);
    expect(agreed.status).toBe(0);
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
    // Nothing to change is nothing to ask.
    const again = await host.runWith({ columns: 80, answer: false }, 'apply', host.policy);
    expect([again.status, again.stderr]).toEqual([0, '']);
  });

  test('changes what differs, and nothing the second time', async () => {
    const text = await host.succeeds('apply', host.policy, '--yes');
    expect(text.split('\n').slice(-3)).toEqual([
      `${hook}: done, 2 steps, 2 waits, revision 1 → 3`,
      expect.stringMatching(/^1 hook changed; mprog undo \S+ takes it back$/),
      '',
    ]);
    const [, entry] = /mprog undo (\S+)/.exec(text) ?? [];
    expect((await host.succeeds('history', '-q')).split('\n')[0]).toBe(entry);
    const state = host.state();
    const journal = readFileSync(`${host.file}.journal/journal.jsonl`, 'utf8');
    expect(await host.succeeds('apply', host.policy, '-y')).toBe('nothing to change on 1 hook\n');
    expect(host.state()).toEqual(state);
    expect(readFileSync(`${host.file}.journal/journal.jsonl`, 'utf8')).toBe(journal);
  });

  test('answers in JSON what became of each hook', async () => {
    const answer = await host.json<{ readonly hooks: readonly HookOutcome[] }>('apply', host.policy, '--yes');
    expect(answer).toMatchObject({
      version: 1,
      kernel: 'simulated 6.18',
      policy: host.policy,
      interrupted: false,
      hooks: [{ hook, outcome: 'changed', steps: 2, waits: 2, revisionBefore: '1', revisionAfter: '3' }],
    });
    expect(await host.json('apply', host.policy, '--yes')).toMatchObject({
      hooks: [{ hook, outcome: 'unchanged' }],
    });
  });

  test('one hook that fails does not stop the others, and the exit status says so', async () => {
    await host.succeeds('simulate', 'device', 'add', 'eth1');
    await host.attachAudit();
    await host.succeeds('attach', hook, objectPath('stop'), '--last');
    host.write(
      'stop, fw, audit',
      '- on: tcx/egress\n  devices: [eth1]\n  order: [tel]\n',
      '  stop: { match: { name: stop } }\n  audit: { match: { name: "audit*" } }\n',
    );
    const { status, stdout } = await host.run('apply', host.policy, '--yes');
    expect(status).toBe(1);
    expect(stdout).toContain(`${hook}: failed\n`);
    expect(stdout).toContain('tcx/egress@eth1: done, 1 step');
    expect(stdout).toContain('1 hook changed, 1 failed; mprog undo ');
    expect(await host.names()).toEqual(['audit_in', 'stop', 'telemetry']);
  });

  test('removes programs of others by force alone, each of them listed', async () => {
    // Attached by somebody whose journal lies elsewhere.
    await host.attachAudit('--state', join(host.directory, 'elsewhere'));
    host.write('tel, fw', '  others: remove\n');
    const { stdout } = await host.run('plan', host.policy);
    expect(stdout).toContain(
      '1 program that the policy does not name would be removed, which takes --force\n  - id:1 audit_in on tcx/ingress@eth0\n',
    );
    const refused = await host.run('apply', host.policy, '--yes');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('audit_in');
    expect(await host.names()).toEqual(['audit_in']);
    await host.succeeds('apply', host.policy, '--yes', '--force');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
  });
});

describe('a saved plan', () => {
  const saved = () => join(host.directory, 'change.plan');

  test('is applied as it was shown', async () => {
    await host.succeeds('plan', host.policy, '--out', saved());
    // What it was made of is in it.
    writeFileSync(host.policy, 'something else');
    await host.succeeds('apply', '--plan', saved(), '--yes');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
  });

  test('is refused when the chain is another one, or an object', async () => {
    await host.succeeds('plan', host.policy, '--out', saved());
    const object = join(host.directory, 'firewall.bpf.o');
    const bytes = readFileSync(object);
    copyFileSync(objectPath('stop'), object);
    expect(await host.refused('apply', '--plan', saved(), '--yes')).toContain(
      `${object} has changed since it was made (ESTALE); plan again`,
    );
    writeFileSync(object, bytes);
    await host.attachAudit();
    expect(await host.refused('apply', '--plan', saved(), '--yes')).toContain(
      `revision of ${hook} is 2, and it was made at 1 (ESTALE); plan again`,
    );
    await host.succeeds('detach', hook, 'name:audit*');
    await host.succeeds('apply', '--plan', saved(), '--yes');
    expect(await host.refused('apply', '--plan', saved(), '--yes')).toContain('(ESTALE); plan again');
  });

  test('that can not be written or read', async () => {
    const nowhere = join(host.directory, 'none', 'x');
    expect(await host.refused('plan', host.policy, '--out', nowhere)).toBe(
      `mprog: save plan ${nowhere}: there is no such file or directory (ENOENT)\n`,
    );
    expect(await host.refused('apply', '--plan', host.policy, '--yes')).toContain(
      'it is no plan that was saved',
    );
    expect(await host.refused('apply', '--plan', 'none.plan', '--yes')).toContain('ENOENT');
  });
});

describe('export', () => {
  test('prints a policy that changes nothing, of any host', async () => {
    await host.attachAudit('--state', join(host.directory, 'elsewhere'));
    await host.succeeds('apply', host.policy, '--yes');
    await host.succeeds('simulate', 'cgroup', 'add', '/app');
    const input = await host.succeeds('export');
    expect(await host.runWith({ input }, 'policy', 'check', '-')).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout } = await host.runWith({ input }, 'plan', '-', '--exit-code');
    expect([status, stdout]).toEqual([0, 'nothing to change on 1 hook\n']);
    expect(await host.json('export', 'eth0')).toMatchObject({ policy: input, errors: [] });
  });

  test('of a host without programs is a policy without hooks', async () => {
    const input = await host.succeeds('export');
    const { status, stdout } = await host.runWith({ input }, 'plan', '-', '--exit-code');
    expect([status, stdout]).toEqual([0, 'nothing to change on 0 hooks\n']);
  });

  test('a pattern that no hook matches is refused', async () => {
    expect(await host.refused('export', 'eth9')).toContain('list hooks eth9: no hook matches it');
  });
});
