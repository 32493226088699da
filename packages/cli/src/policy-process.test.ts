import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { objectPath } from '../test/objects.js';
import { commandPath } from '../test/run-command.js';
import { SimulatedHost } from '../test/simulated-host.js';

vi.setConfig({ testTimeout: 120_000 });

const host = new SimulatedHost();
let file = '';
beforeEach(async () => {
  await host.setUp();
  file = join(host.directory, 'p.yaml');
  copyFileSync(objectPath('firewall'), join(host.directory, 'firewall.bpf.o'));
  writeFileSync(
    file,
    'version: 1\nprograms: { fw: { object: firewall.bpf.o } }\nhooks:\n- { on: tcx/ingress, devices: ["*"], order: [fw] }\n',
  );
});
afterEach(host.tearDown);

const words = (...rest: string[]) => [commandPath, '--kernel', `simulated:${host.file}`, ...rest];
const hasScript = spawnSync('script', ['--version']).status === 0;

describe('a question on a terminal', () => {
  beforeEach(({ skip }) => skip(!hasScript, 'there is no script(1) to make a terminal'));

  /** Runs apply on a terminal of its own and presses a key at the question. */
  const press = async (key: string, ...options: string[]) => {
    const quoted = [process.execPath, ...words('apply', file, ...options)]
      .map((word) => `'${word}'`)
      .join(' ');
    const child = spawn('script', ['-qec', quoted, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let shown = '';
    let pressed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (pressed || !/Change 2 hooks\?.*No/s.test(shown)) return;
      pressed = true;
      child.stdin.write(key);
    });
    const [status] = await once(child, 'close');
    return { status, shown, pressed };
  };

  test.each([
    ['y', 0],
    ['n', 1],
    ['\r', 1],
    ['\u0003', 1],
    ['\u0004', 1],
    ['\u001b', 1],
  ])('the key %j', async (key, status) => {
    const answer = await press(key);
    expect([answer.pressed, answer.status]).toEqual([true, status]);
    expect(answer.shown.includes('nothing was changed')).toBe(status === 1);
    expect(await host.names()).toEqual(status === 0 ? ['firewall', 'firewall'] : []);
  });

  test('has no colours where they are off', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what makes colours
    expect((await press('n', '--no-color')).shown).not.toMatch(/\u001b\[[0-9;]*m/);
  });
});

test('a signal ends apply between two hooks; applied again it does the rest', async () => {
  for (let device = 1; device < 40; device++)
    await host.succeeds('simulate', 'device', 'add', `eth${device}`);
  const child = spawn(process.execPath, words('apply', file, '--yes'), { stdio: ['ignore', 'pipe', 'pipe'] });
  let shown = '';
  let complaints = '';
  let sent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (!sent && shown.includes(': done')) sent = child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const [status, signal] = await once(child, 'close');
  const done = (await host.names()).length;
  expect({ sent, status, signal }).toEqual({ sent: true, status: 1, signal: null });
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(41);
  expect(complaints).toBe(`mprog: interrupted after ${done} of 41 hooks\n`);
  expect(shown).toContain(
    `${done} hooks changed, ${41 - done} left as they were; mprog undo `.replace(/^1 hooks/, '1 hook'),
  );
  await host.succeeds('apply', file, '--yes');
  expect(await host.names()).toEqual(Array.from({ length: 41 }, () => 'firewall'));
});
