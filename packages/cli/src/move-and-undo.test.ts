import { existsSync } from 'node:fs';
import type { History } from '@mprog/manager/policy';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PolicyHost } from '../test/policy-host.js';
import { hook } from '../test/simulated-host.js';

vi.setConfig({ testTimeout: 120_000 });

const host = new PolicyHost();
beforeEach(host.setUpPolicy);
afterEach(host.tearDown);

const entries = async () => (await host.json<History>('history')).entries;

describe('move', () => {
  beforeEach(async () => {
    await host.succeeds('apply', host.policy, '--yes');
  });

  test('moves one program, shown first', async () => {
    const text = await host.succeeds('move', hook, 'name:firewall', '--first', '--yes');
    expect(text).toContain('  >  1  firewall  (id ');
    expect(text).toContain('     2  telemetry  (id ');
    expect(text).toMatch(new RegExp(`^${hook}: done, \\d+ steps?, .*, revision 3 → \\d+$`, 'm'));
    expect(await host.names()).toEqual(['firewall', 'telemetry']);
    expect(await host.succeeds('move', hook, 'name:firewall', '--first', '--yes')).toBe(
      'it stands there already\n',
    );
  });

  test('a dry run needs no consent and changes nothing', async () => {
    const state = host.state();
    const answer = await host.json('move', hook, 'name:firewall', '--before', 'name:telemetry', '--dry-run');
    expect(answer).toMatchObject({ plan: { hook, strategy: 'overlap' }, outcome: null });
    expect(host.state()).toEqual(state);
  });

  test('asks, and without anybody to ask is refused', async () => {
    expect(await host.refused('move', hook, 'name:firewall', '--first')).toContain('give --yes');
    const { status, stderr } = await host.runWith(
      { columns: 80, answer: false },
      'move',
      hook,
      'name:firewall',
      '--first',
    );
    expect(status).toBe(1);
    expect(stderr).toContain('Move it?');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
  });

  test('takes a strategy', async () => {
    for (const [strategy, place] of [
      ['in-place', '--first'],
      ['gap', '--last'],
    ] as const) {
      const answer = await host.json<{ readonly plan: { readonly strategy: string } }>(
        'move',
        hook,
        'name:firewall',
        place,
        '--strategy',
        strategy,
        '--yes',
      );
      expect(answer.plan.strategy).toBe(strategy);
    }
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
    expect((await host.run('move', hook, 'name:firewall', '--first', '--strategy', 'fast')).status).toBe(2);
  });

  test('what can not be is refused', async () => {
    expect(await host.refused('move', hook, 'name:firewall', '--yes')).toContain('it does not say where');
    expect(await host.refused('move', hook, 'name:nobody', '--first', '--yes')).toMatch(
      /^mprog: move name:nobody on tcx\/ingress@eth0: name:nobody is not attached here/,
    );
  });
});

describe('history and undo', () => {
  test('a host on which nothing was changed', async () => {
    expect(await host.succeeds('history')).toBe('nothing was changed since this host was started\n');
    expect((await host.run('undo', '--yes')).status).toBe(1);
  });

  test('list and take back what was changed', async () => {
    await host.succeeds('apply', host.policy, '--yes');
    host.write('fw, tel');
    await host.succeeds('apply', host.policy, '--yes');
    expect(await host.names()).toEqual(['firewall', 'telemetry']);
    const [last] = await entries();
    expect(last).toMatchObject({
      command: 'apply',
      subject: host.policy,
      undoable: true,
      changes: [{ hook, outcome: 'done' }],
    });
    expect((await host.succeeds('history', '-q')).split('\n')).toContain(last!.entry);
    expect(await host.succeeds('history', hook)).toContain(last!.entry);

    const shown = await host.succeeds('undo', '--dry-run');
    expect(shown).toMatch(new RegExp(`^undo ${last!.entry}\\n`));
    expect(await host.names()).toEqual(['firewall', 'telemetry']);

    await host.succeeds('undo', last!.entry, '--yes');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
    expect((await entries())[0]).toMatchObject({ command: 'undo', subject: last!.entry });
    const [undoing] = await entries();
    const answer = await host.json<{ readonly entry: string }>('undo', undoing!.entry, '--yes');
    expect(answer).toMatchObject({ interrupted: false, hooks: [{ hook, outcome: 'changed' }] });
    expect(await host.names()).toEqual(['firewall', 'telemetry']);
    // Without a name it goes back one more each time.
    await host.succeeds('undo', '--yes');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
    await host.succeeds('undo', '--yes');
    expect(await host.names()).toEqual([]);
    expect(await host.refused('undo', '--yes')).toContain('nothing stands that was done');
  });

  test('undo asks, and without anybody to ask is refused', async () => {
    await host.succeeds('apply', host.policy, '--yes');
    expect(await host.refused('undo')).toContain('undo the last change: nobody can be asked');
    const { status, stderr } = await host.runWith({ columns: 80, answer: false }, 'undo');
    expect(status).toBe(1);
    expect(stderr).toContain('nothing was changed');
    expect(await host.names()).toEqual(['telemetry', 'firewall']);
  });

  test('an entry that is none', async () => {
    await host.succeeds('apply', host.policy, '--yes');
    expect(await host.refused('undo', 'nothing', '--yes')).toContain('nothing');
    expect(existsSync(host.policy)).toBe(true);
  });

  test('completion offers entries that can be undone', async () => {
    await host.succeeds('apply', host.policy, '--yes');
    const [last] = await entries();
    const words = await host.run('__complete', '--kernel', `simulated:${host.file}`, 'undo', '');
    expect(words.stdout).toContain(`${last!.entry}\tapply`);
    const files = await host.run('__complete', 'plan', `${host.directory}/`);
    expect(files.stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(
      expect.arrayContaining([host.policy]),
    );
    expect(files.stdout).not.toContain('firewall.bpf.o');
  });
});
