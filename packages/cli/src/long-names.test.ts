import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectPath } from '../test/objects.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { hook, SimulatedHost } from '../test/simulated-host.js';
import { main } from './main.js';

const host = new SimulatedHost();
beforeEach(host.setUp);
afterEach(host.tearDown);

/** Characters of an error whose words of the user are clipped; the longest rule and remedy are well below. */
const MOST = 800;
const firewall = objectPath('firewall');

async function onOwnHost(words: readonly string[]) {
  const terminal = recordedTerminal();
  return { status: await main(words, terminal), stderr: terminal.complained() };
}

const places: readonly (readonly [string, (long: string) => readonly string[]])[] = [
  ['a command', (long) => [long]],
  ['an option', (long) => ['ls', `--${long}`]],
  ['one argument too many', (long) => ['show', hook, long]],
  ['a number', (long) => ['detach', hook, 'id:1', '--revision', long]],
  ['a choice', (long) => ['ls', '-o', long]],
  ['a namespace', (long) => ['ls', '--netns', long]],
  ['the namespace of a hook', (long) => ['show', `${hook}%${long}`]],
  ['a pattern', (long) => ['ls', long]],
  ['a pattern with a namespace', (long) => ['ls', `eth0%${long}`]],
  ['a layer', (long) => ['show', `${long}/ingress@eth0`]],
  ['a direction', (long) => ['show', `tcx/${long}@eth0`]],
  ['no hook', (long) => ['show', long]],
  ['a device', (long) => ['show', `tcx/ingress@${long}`]],
  ['a cgroup', (long) => ['show', `cgroup/inet_egress@/${long}`]],
  ['a program that is no reference', (long) => ['attach', hook, long]],
  ['an id', (long) => ['attach', hook, `id:${long}`]],
  ['a tag', (long) => ['attach', hook, `tag:${long}`]],
  ['a name', (long) => ['attach', hook, `name:${long}`]],
  ['a pin', (long) => ['attach', hook, `pin:/sys/fs/bpf/${long}`]],
  ['a pin that is no path', (long) => ['attach', hook, `pin:${long}`]],
  ['a file', (long) => ['attach', hook, `${long}.o`]],
  ['a program of a file', (long) => ['attach', hook, `${firewall}:${long}`]],
  ['an anchor', (long) => ['attach', hook, firewall, '--before', `name:${long}`]],
  ['a pin to make', (long) => ['attach', hook, firewall, '--pin', `/sys/fs/bpf/${long}`]],
  ['a pin to make elsewhere', (long) => ['attach', hook, firewall, '--pin', `/${long}`]],
  ['what is to be detached', (long) => ['detach', hook, `name:${long}`]],
  ['a link', (long) => ['link', 'show', `name:${long}`]],
  ['a link by its pin', (long) => ['link', 'detach', `pin:/sys/fs/bpf/${long}`]],
  ['a link to pin', (long) => ['link', 'pin', `link:${long}`, `/sys/fs/bpf/${long}`]],
  ['a link to update', (long) => ['link', 'update', `name:${long}`, `${long}.o`]],
  ['a pin to remove', (long) => ['link', 'unpin', `/sys/fs/bpf/${long}`]],
  ['an object to load', (long) => ['program', 'load', `${long}.o`, '--pin', `/sys/fs/bpf/${long}`]],
  ['a packet', (long) => ['run', hook, '--packet', `x${long}`]],
  ['a simulated device', (long) => ['simulate', 'device', 'add', long]],
  ['a simulated device that goes', (long) => ['simulate', 'device', 'remove', long]],
  ['a simulated namespace', (long) => ['simulate', 'netns', 'remove', long]],
  ['a simulated cgroup', (long) => ['simulate', 'cgroup', 'remove', `/${long}`]],
  ['a simulated cgroup below nothing', (long) => ['simulate', 'cgroup', 'add', `/${long}/x`]],
  ['a trace to write', (long) => ['conformance', 'record', '--seed', '1', `/${long}/x`]],
  ['seeds', (long) => ['conformance', 'fuzz', '--seeds', long]],
  ['a word of help', (long) => ['help', long]],
];

describe.each([
  ['letters', 'x'.repeat(5000)],
  ['blanks and letters', 'xy z '.repeat(1000)],
  ['digits', '9'.repeat(5000)],
])('a very long name of %s is clipped in what is said of it', (_, long) => {
  test.each(places)('%s', async (__, words) => {
    const command = words(long);
    const { status, stderr } =
      command[0] === 'conformance' ? await onOwnHost(command) : await host.run(...command);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/^mprog: /);
    expect(stderr.length).toBeLessThan(MOST);
    expect(stderr).toContain('…');
  });
});

test.each([
  ['the state directory', (long: string) => ['attach', hook, firewall, '--state', `/${long}`]],
  ['the state file', (long: string) => ['ls', '--kernel', `simulated:/${long}`]],
  ['the kernel', (long: string) => ['ls', '--kernel', long]],
])('%s', async (_, words) => {
  const command = words('x'.repeat(5000));
  const { status, stderr } = command.includes('--kernel')
    ? await onOwnHost(command)
    : await host.run(...command);
  expect(status).toBeGreaterThan(0);
  expect(stderr).toContain('…');
  expect(stderr.length).toBeLessThan(MOST);
});

test('a trace, which the report of a replay names', async () => {
  const terminal = recordedTerminal();
  expect(await main(['conformance', 'replay', 'x'.repeat(5000)], terminal)).toBe(1);
  expect(terminal.written()).toContain('…');
  expect(terminal.written().length).toBeLessThan(MOST);
});

test('the path of an object; data keeps the whole', async () => {
  const name = `n${'a'.repeat(200)}`;
  const directory = join(host.directory, 'd'.repeat(200));
  mkdirSync(directory);
  const file = join(directory, 'none.o');
  writeFileSync(file, 'no object');
  const { stderr } = await host.run('attach', hook, file);
  expect(stderr).toContain('…');
  expect(stderr).not.toContain('d'.repeat(130));
  const { stdout } = await host.run('attach', `tcx/ingress@${name}`, 'id:1', '-o', 'json');
  const { error } = JSON.parse(stdout);
  expect(error.message).not.toContain(name);
  expect(error.data.device).toBe(name);
});
