import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { journalIntent } from '../../src/journal/journal-intent.js';
import type { DesiredObject } from '../../src/programs/desired-program.js';
import { loadDesired } from '../../src/programs/load-desired.js';
import { overridden, refusalOf } from './manager-bench.js';
import { PolicyProgramBench } from './policy-program-bench.js';

/** Loading programs of a policy: what comes in between. */
export function loadDesiredSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyProgramBench(makeLaboratory);
  const isThere = (id: number): boolean => {
    try {
      bench.kernel.programs.open(id).close();
      return true;
    } catch {
      return false;
    }
  };

  describe('between plan and load', () => {
    test('a pin that came or changed is ESTALE, and nothing is loaded', () => {
      bench.writeObject();
      const plan = bench.desired();
      const { fd } = bench.load('theirs');
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      bench.kernel.pins.pin(fd, bench.pin);
      expect(refusalOf(() => loadDesired(bench.context, plan, 'undo')).code).toBe('ESTALE');
      expect(bench.loads).toBe(0);
    });

    test('a map that went is ESTALE', () => {
      bench.writeObject();
      bench.apply();
      bench.rebuild();
      const plan = bench.desired() as DesiredObject;
      const gone = { ...plan, maps: [{ name: 'blocked', action: 'reuse' as const, id: 0x7fff_fffe }] };
      const error = refusalOf(() => loadDesired(bench.context, gone, 'undo'));
      expect(error).toMatchObject({ code: 'ESTALE', message: expect.stringContaining('map blocked') });
      expect(bench.loads).toBe(1);
    });
  });

  describe('that can’t be loaded', () => {
    const pinsThat = (members: Partial<Laboratory['host']['world']['pins']>) => {
      const { context } = bench;
      return {
        ...context,
        world: overridden(context.world, { pins: overridden(context.world.pins, members) }),
      };
    };
    const failure = () => {
      throw new MprogError('EIO', 'rename pin: the disk is on fire (EIO)');
    };

    test('a failure at its last step leaves kernel, pins and the older version as they were', () => {
      bench.writeObject();
      const first = bench.apply().id;
      bench.rebuild();
      const plan = bench.desired();
      const known = bench.journal().length;
      expect(refusalOf(() => loadDesired(pinsThat({ rename: failure }), plan, 'undo')).code).toBe('EIO');
      expect(bench.pins()).toEqual([bench.pin]);
      expect(bench.idAt(bench.pin)).toBe(first);
      const [before, after] = bench.journal().slice(known);
      expect(after).toMatchObject({ phase: 'after', outcome: 'failed', error: 'EIO' });
      expect(isThere(before!.program!)).toBe(false);
      expect(bench.desired()).toMatchObject({ action: 'update', id: first });
    });

    test('a first load that fails leaves no directory behind', () => {
      bench.writeObject();
      expect(refusalOf(() => loadDesired(pinsThat({ rename: failure }), bench.desired(), 'undo')).code).toBe(
        'EIO',
      );
      expect(refusalOf(() => bench.laboratory.host.world.pins.list('/sys/fs/bpf/mprog')).code).toBe('ENOENT');
    });

    test('a journal that can’t be written keeps everything as it was', () => {
      bench.writeObject();
      const plan = bench.desired();
      const { context } = bench;
      const journal = overridden(context.journal, {
        begin: () => {
          throw new MprogError('ENOSPC', 'write journal: no room (ENOSPC)');
        },
      });
      expect(refusalOf(() => loadDesired({ ...context, journal }, plan, 'undo')).code).toBe('ENOSPC');
      expect(bench.pins()).toEqual([]);
    });

    test('after a kill right before the last step the next load takes the program from where it waits', () => {
      bench.writeObject();
      const first = bench.apply().id;
      bench.rebuild();
      const plan = bench.desired() as DesiredObject;
      const { journal, kernel } = bench.context;
      const loaded = kernel.host.objects.load(plan.bytes, { name: plan.origin.object });
      const { id } = kernel.programs.info(loaded.programs[0]!.fd);
      journal.begin(
        journalIntent({
          operation: 'load-program',
          program: id,
          ...plan.origin,
          policyProgram: 'firewall',
          pin: bench.pin,
        }),
      );
      kernel.pins.pin(loaded.programs[0]!.fd, `${bench.pin}~new`);
      loaded.close();
      const loads = bench.loads;
      expect(bench.desired()).toMatchObject({ action: 'none', id, pinned: first });
      expect(bench.apply()).toEqual({ id, done: 'pinned' });
      expect(bench.loads).toBe(loads);
      expect(bench.idAt(bench.pin)).toBe(id);
      expect(bench.pins().filter((path) => path.endsWith('~new'))).toEqual([]);
      expect(bench.idAt(bench.undoPins()[0]!)).toBe(first);
    });

    test('what was left there of something else goes', () => {
      bench.writeObject();
      const { fd, id } = bench.load('left');
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      bench.kernel.pins.pin(fd, `${bench.pin}~new`);
      const own = bench.apply();
      expect(own.id).not.toBe(id);
      expect(bench.pins()).toEqual([bench.pin]);
    });
  });
}
