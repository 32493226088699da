import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kernel, tcx } from '@mprog/kernel';
import { openSimulatedFile } from '@mprog/kernel/simulated-file';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dieAfter } from '../test/die-after.js';
import { Manager } from './manager.js';
import { PolicyManager } from './policy-manager.js';

// A state file is synced to the disk at each call, and a process is started for each crash point.
vi.setConfig({ testTimeout: 240_000 });

const hook = 'tcx/ingress@eth0';
const objects = ['audit.bpf.o:audit_in', 'firewall.bpf.o', 'telemetry.bpf.o', 'stop.bpf.o'].map(
  (name) => new URL(`../../kernel/objects/${name}`, import.meta.url).pathname,
);

describe.each(['overlap', 'in-place', 'gap'] as const)('a move by %s that is killed', (strategy) => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-crash-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test.each([true, false])('after any of its changes is finished by the next one; link: %s', (link) => {
    for (let n = 1; ; n++) {
      const stateDirectory = join(directory, String(n));
      const host = join(directory, `${n}.json`);
      {
        using opened = openSimulatedFile(host, { create: true });
        opened.shape.addDevice('eth0');
        const manager = new Manager({ kernel: new Kernel(opened), stateDirectory });
        for (const object of objects) manager.attach(hook, object, { link });
      }
      const move = { hook, reference: 'name:stop', options: { first: true, strategy } };
      const end = dieAfter(n, { host, stateDirectory, move });
      using opened = openSimulatedFile(host);
      const kernel = new Kernel(opened);
      const { ifindex } = opened.world.devices().find(({ name }) => name === 'eth0')!;
      const names = () =>
        kernel.attachments.query(tcx('ingress', ifindex)).attachments.map(({ programId }) => {
          using program = kernel.programs.open(programId);
          return kernel.programs.info(program.fd).name;
        });
      const between = names();
      if (strategy === 'overlap')
        expect(between.some((name) => name === 'stop' || name === 'mprog_stand_in')).toBe(true);
      const manager = new PolicyManager({ kernel, stateDirectory });
      if (!end.killed) {
        expect(between).toEqual(['stop', 'audit_in', 'firewall', 'telemetry']);
        expect(n).toBeGreaterThan(3);
        return;
      }
      if (between.includes('stop') || between.includes('mprog_stand_in')) {
        const reference = between.includes('stop') ? 'name:stop' : 'name:mprog_stand_in';
        const { outcome } = manager.move(hook, reference, { first: true, strategy });
        expect(outcome?.error ?? null).toBe(null);
      } else {
        expect(strategy).not.toBe('overlap');
        expect(() => manager.move(hook, 'name:stop', { first: true })).toThrow('mprog undo');
        expect([...manager.undo(manager.planUndo())]).toMatchObject([{ outcome: 'changed', error: null }]);
        expect(names()).toEqual(['audit_in', 'firewall', 'telemetry', 'stop']);
        continue;
      }
      expect(names()).toEqual(['stop', 'audit_in', 'firewall', 'telemetry']);
      const pins = kernel.host.world.pins.list('/sys/fs/bpf');
      expect(pins.filter((path) => path.includes('/stand-ins/') || path.endsWith('~'))).toEqual([]);
    }
  });
});
