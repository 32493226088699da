import { readdirSync, readFileSync } from 'node:fs';
import { MprogError } from '@mprog/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RawCalls } from '../../../test/suites/raw-calls.js';
import { attachType, cgroupAttachTypes, mapType, programType } from '../../index.js';
import { SimulatedLaboratory } from '../simulated-laboratory.js';

const directory = new URL('../../../objects/', import.meta.url);
const object = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, directory)));
const names = readdirSync(directory).filter((name) => name.endsWith('.o'));

function errorOf(action: () => unknown): MprogError {
  try {
    action();
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('it did not throw');
}

describe('simulated object loader', () => {
  test('reads programs with their full names, sections and types', () => {
    using laboratory = new SimulatedLaboratory();
    expect(laboratory.host.objects.inspect(object('audit.bpf.o'), 'audit.bpf.o')).toEqual([
      {
        name: 'audit_in',
        section: 'tcx/ingress',
        type: programType.SCHED_CLS,
        expectedAttachType: attachType.TCX_INGRESS,
        instructionCount: 14,
      },
      {
        name: 'audit_out',
        section: 'tcx/egress',
        type: programType.SCHED_CLS,
        expectedAttachType: attachType.TCX_EGRESS,
        instructionCount: 14,
      },
    ]);
  });

  test('reads the programs of hooks of cgroups', () => {
    using laboratory = new SimulatedLaboratory();
    const programs = laboratory.host.objects.inspect(object('cgroup.bpf.o'), 'cgroup.bpf.o');
    expect(programs.map(({ name, type, expectedAttachType }) => [name, type, expectedAttachType])).toEqual([
      ['count_out', programType.CGROUP_SKB, attachType.CGROUP_INET_EGRESS],
      ['short_out', programType.CGROUP_SKB, attachType.CGROUP_INET_EGRESS],
      ['allow_in', programType.CGROUP_SKB, attachType.CGROUP_INET_INGRESS],
      ['no_telnet', programType.CGROUP_SOCK_ADDR, cgroupAttachTypes.inet4_connect],
      ['watch', programType.SOCK_OPS, cgroupAttachTypes.sock_ops],
    ]);
  });

  test('loads a program with its map, and gives all back when it is closed', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    const loaded = laboratory.host.objects.load(object('firewall.bpf.o'), { name: 'firewall.bpf.o' });
    const [program] = [...kernel.programs.values()];
    expect(program).toMatchObject({ name: 'firewall', type: programType.SCHED_CLS, gpl: true });
    expect(program?.maps[0]).toMatchObject({
      name: 'blocked',
      type: mapType.HASH,
      keySize: 2,
      valueSize: 1,
      maxEntries: 64,
    });
    expect(program?.btf).not.toBeNull();
    expect(loaded.maps.map(({ name }) => name)).toEqual(['blocked']);
    loaded.close();
    expect([kernel.programs.size, kernel.maps.size, kernel.btfs.size]).toEqual([0, 0, 0]);
  });

  test('a name longer than 15 characters is whole in BTF', () => {
    using laboratory = new SimulatedLaboratory();
    using _loaded = laboratory.host.objects.load(object('long-name.bpf.o'), { name: 'long-name.bpf.o' });
    const [program] = [...laboratory.kernel.programs.values()];
    expect(program?.name).toHaveLength(15);
    expect(program?.functionInfo.records).toHaveLength(8);
    const text = new TextDecoder('latin1').decode(program!.btf!.bytes);
    expect(text.split('\0').some((name) => name.length > 15 && name.startsWith(program!.name))).toBe(true);
  });

  test('programs of one object share a map', () => {
    using laboratory = new SimulatedLaboratory();
    using _loaded = laboratory.host.objects.load(object('audit.bpf.o'), { name: 'audit.bpf.o' });
    const maps = [...laboratory.kernel.programs.values()].map((program) => program.maps[0]?.id);
    expect(maps).toHaveLength(2);
    expect(maps[0]).toBe(maps[1]);
  });

  test('puts the functions that a program calls behind it, and variables into maps', () => {
    using laboratory = new SimulatedLaboratory();
    using loaded = laboratory.host.objects.load(object('parts.bpf.o'), { name: 'parts.bpf.o' });
    expect(loaded.maps.map(({ name }) => name).sort()).toEqual([
      'parts_bp.bss',
      'parts_bp.data',
      'parts_bp.rodata',
    ]);
    const [program] = [...laboratory.kernel.programs.values()];
    // parts, judge, is_long: 7, 15 and 9 instructions.
    const starts = [0, 8, 16].map((at) =>
      new DataView(program!.functionInfo.records.buffer).getUint32(at, true),
    );
    expect(starts).toEqual([0, 7, 22]);
    const code = new DataView(program!.instructions.buffer);
    const callees = [5, 8].map((at) => [code.getUint8(8 * at), at + 1 + code.getInt32(8 * at + 4, true)]);
    expect(callees).toEqual([
      [0x85, 7],
      [0x85, 22],
    ]);
    const data = [...laboratory.kernel.maps.values()].find(({ name }) => name === 'parts_bp.data');
    expect([...data!.values.values()]).toEqual([Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0)]);
  });

  test('loads one program by name, as another type on request', () => {
    using laboratory = new SimulatedLaboratory();
    const { objects } = laboratory.host;
    using loaded = objects.load(object('audit.bpf.o'), { name: 'audit.bpf.o', program: 'audit_out' });
    expect(loaded.programs.map(({ name }) => name)).toEqual(['audit_out']);
    using other = objects.load(object('unknown-section.bpf.o'), { name: 'u.o', type: programType.SCHED_CLS });
    expect(other.programs[0]).toMatchObject({ type: programType.SCHED_CLS, expectedAttachType: 0 });
  });

  test('names the programs there are when one is asked for that is not', () => {
    using laboratory = new SimulatedLaboratory();
    const error = errorOf(() =>
      laboratory.host.objects.load(object('audit.bpf.o'), { name: 'audit.bpf.o', program: 'nothing' }),
    );
    expect(error.code).toBe('ENOENT');
    expect(error.data.programs).toEqual(['audit_in', 'audit_out']);
  });

  test('a section that says no type is refused', () => {
    using laboratory = new SimulatedLaboratory();
    const load = () => laboratory.host.objects.load(object('unknown-section.bpf.o'), { name: 'u.o' });
    expect(errorOf(load)).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('section somewhere'),
    });
  });

  test('without capabilities nothing is loaded and nothing is left open', () => {
    using laboratory = new SimulatedLaboratory();
    const raw = new RawCalls(laboratory.host);
    laboratory.withCapabilities(['CAP_BPF'], () => {
      const error = errorOf(() => laboratory.host.objects.load(object('firewall.bpf.o'), { name: 'f.o' }));
      expect(error.code).toBe('EPERM');
    });
    const fd = raw.load();
    expect(fd).toBe(3);
    expect([laboratory.kernel.maps.size, laboratory.kernel.btfs.size]).toEqual([0, 0]);
  });

  test.each([
    ['empty', new Uint8Array(0), 'empty'],
    ['text', new TextEncoder().encode('#!/bin/sh\n'.repeat(20)), 'not an ELF'],
    ['cut in its header', object('stop.bpf.o').slice(0, 40), 'cut short'],
    ['cut in the middle', object('stop.bpf.o').slice(0, 700), 'cut short'],
    ['for another machine', withMachine(62), 'x86-64'],
  ])('an object that is %s is ENOEXEC', (_, bytes, words) => {
    using laboratory = new SimulatedLaboratory();
    for (const action of [
      () => laboratory.host.objects.inspect(bytes, 'x.o'),
      () => laboratory.host.objects.load(bytes, { name: 'x.o' }),
    ]) {
      expect(errorOf(action)).toMatchObject({ code: 'ENOEXEC', message: expect.stringContaining(words) });
    }
  });

  const SEED = 4711;
  test(`damaged objects end in an MprogError and leave nothing behind (seed ${SEED})`, () => {
    const objects = names.map(object);
    const damage = fc.record({
      object: fc.nat(objects.length - 1),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      bytes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 12 }),
    });
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    fc.assert(
      fc.property(damage, ({ object: index, cut, bytes }) => {
        const whole = objects[index]!;
        const damaged = cut === null ? whole.slice() : whole.slice(0, Math.floor(cut * whole.length));
        for (const [at, value] of bytes) {
          if (damaged.length > 0) damaged[Math.floor(at * (damaged.length - 1))] = value;
        }
        try {
          laboratory.host.objects.load(damaged, { name: 'damaged.o' }).close();
        } catch (error) {
          expect(MprogError.is(error), String((error as Error).stack)).toBe(true);
        }
        expect([kernel.programs.size, kernel.maps.size, kernel.btfs.size]).toEqual([0, 0, 0]);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  test(`random bytes behind an ELF header end in an MprogError (seed ${SEED})`, () => {
    using laboratory = new SimulatedLaboratory();
    const header = object('stop.bpf.o').slice(0, 64);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, withHeader) => {
        const all = withHeader ? Uint8Array.from([...header, ...bytes]) : bytes;
        expect(MprogError.is(errorOf(() => laboratory.host.objects.load(all, { name: 'x.o' })))).toBe(true);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

function withMachine(machine: number): Uint8Array {
  const bytes = object('stop.bpf.o').slice();
  bytes[18] = machine;
  bytes[19] = 0;
  return bytes;
}
