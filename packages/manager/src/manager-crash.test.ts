import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandName, Kernel } from '@mprog/kernel';
import { openSimulatedFile } from '@mprog/kernel/simulated-file';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scratchDirectory } from '../test/scratch-directory.js';
import { Journal } from './journal/journal.js';
import { Manager } from './manager.js';

// A state file is synced to the disk at each call.
vi.setConfig({ testTimeout: 60_000 });

const hook = 'tcx/ingress@eth0';
const object = new URL('../../kernel/objects/stop.bpf.o', import.meta.url).pathname;
const dist = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

describe('a process that is killed in the middle', () => {
  let directory: string;
  const open = (create = false) => openSimulatedFile(join(directory, 'host.json'), { create });

  beforeEach(() => {
    directory = scratchDirectory('mprog-crash-');
    using host = open(true);
    host.shape.addDevice('eth0');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Attaches through a link in a process that kills itself right after its first call of a command. */
  function attachAndDieAfter(name: CommandName): void {
    const script = `
      import { Kernel, command } from ${dist('kernel/dist/index.js')};
      import { openSimulatedFile } from ${dist('kernel/dist/simulated-file/index.js')};
      import { Manager } from ${dist('manager/dist/index.js')};
      const [directory, object, name] = process.argv.slice(1);
      const host = openSimulatedFile(directory + '/host.json');
      const { arena, bpf } = host.systemCall;
      const dying = (number, attr, size) => {
        const result = bpf(number, attr, size);
        if (number === command[name]) process.kill(process.pid, 'SIGKILL');
        return result;
      };
      const { world, objects } = host;
      const kernel = new Kernel({ world, objects, systemCall: { arena, bpf: dying } });
      new Manager({ kernel, stateDirectory: directory }).attach('${hook}', object, { link: true });`;
    const args = ['--input-type=module', '-e', script, directory, object, name];
    expect(spawnSync(process.execPath, args, { stdio: 'inherit' }).signal).toBe('SIGKILL');
  }

  test.each(['LINK_CREATE', 'OBJ_PIN'] as const)(
    'after %s: nothing half done, and the record is open',
    (name) => {
      attachAndDieAfter(name);
      using host = open();
      const manager = new Manager({ kernel: new Kernel(host), stateDirectory: directory });
      const records = new Journal(directory, host.world, () => 0).read();
      expect(records).toMatchObject([{ phase: 'before', operation: 'attach', hook, outcome: null }]);
      const pinned = name === 'OBJ_PIN';
      const attachments = manager.show(hook).hooks[0]?.attachments ?? [];
      expect(attachments.map(({ ours }) => ours)).toEqual(pinned ? [true] : []);
      expect(host.world.pins.list('/sys/fs/bpf')).toHaveLength(pinned ? 1 : 0);
      if (pinned) expect(manager.detach(hook, { first: true }).notes).toHaveLength(1);
      expect(manager.attach(hook, object, { link: true }).position).toBe(1);
    },
  );
});
