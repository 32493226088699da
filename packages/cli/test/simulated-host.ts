import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '@mprog/manager';
import { expect } from 'vitest';
import { scratchDirectory } from '../../manager/test/scratch-directory.js';
import { main } from '../src/main.js';
import { objectPath } from './objects.js';
import { recordedTerminal } from './recorded-terminal.js';
import type { CommandResult } from './run-command.js';

/** The hook that a fresh host has. */
export const hook = 'tcx/ingress@eth0';

/** A simulated host in a directory of its own, with the device eth0, and the command run on it in this process. */
export class SimulatedHost {
  directory = '';

  /** Its state file. */
  get file(): string {
    return join(this.directory, 'host.json');
  }

  readonly setUp = async (): Promise<void> => {
    this.directory = scratchDirectory('mprog-main-');
    await this.succeeds('simulate', 'device', 'add', 'eth0');
  };

  readonly tearDown = (): void => {
    rmSync(this.directory, { recursive: true });
  };

  readonly run = (...words: string[]): Promise<CommandResult> => this.runWith({}, ...words);

  /** Runs it on a terminal or with an input. */
  readonly runWith = async (
    options: Parameters<typeof recordedTerminal>[0],
    ...words: string[]
  ): Promise<CommandResult> => {
    const terminal = recordedTerminal(options);
    const status = await main(['--kernel', `simulated:${this.file}`, ...words], terminal);
    return { status, stdout: terminal.written(), stderr: terminal.complained() };
  };

  /** Runs what must be done without a word on stderr; returns what it answers. */
  readonly succeeds = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await this.run(...words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  /** Runs what must be refused: exit status 1, nothing on stdout, one line on stderr, the host as it was. */
  readonly refused = async (...words: string[]): Promise<string> => {
    const before = this.state();
    const { status, stdout, stderr } = await this.run(...words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^mprog: [^\n]+\n$/);
    expect(this.state()).toEqual(before);
    return stderr;
  };

  /** Attaches one of the compiled objects to {@link hook}. */
  readonly attach = (name: string, ...words: string[]): Promise<string> =>
    this.succeeds('attach', hook, objectPath(name), ...words);

  readonly inventory = async (): Promise<Inventory> =>
    JSON.parse(await this.succeeds('ls', '--all-namespaces', '-o', 'json'));

  /** Names of all attached programs, in run order. */
  readonly names = async (): Promise<(string | null)[]> =>
    (await this.inventory()).hooks.flatMap(({ attachments }) =>
      attachments.map(({ program }) => program.name),
    );

  /** What the host holds, without what every caller leaves: its own process, and ids that were given out. */
  readonly state = (): unknown => {
    if (!existsSync(this.file)) return null;
    const { nonce: _nonce, processes: _processes, ...rest } = JSON.parse(readFileSync(this.file, 'utf8'));
    return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'nextId' ? undefined : value)));
  };
}
