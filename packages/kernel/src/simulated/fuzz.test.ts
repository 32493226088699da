import fc from 'fast-check';
import { expect, test } from 'vitest';
import { command } from '../index.js';
import { SimulatedKernel } from './simulated-kernel.js';
import { SimulatedLaboratory } from './simulated-laboratory.js';

const SEED = 20_260;
const numbers = [...Object.values(command), 17, 22, 35, 99];

/** A word of an attr: an fd, an id, a flag, a pointer that is right or nearly so, or anything. */
const word = fc.oneof(
  fc.nat(12),
  fc.constantFrom(46, 47, 54, 55, 0xffff_ffff, 0x8000_0000, 8, 16, 32, 64, 8192, 4096, 1 << 16),
  fc.nat(0xffff_ffff),
);
const pointer = fc.oneof(
  fc.integer({ min: -8, max: 4200 }).map((offset) => ({ offset })),
  fc.constant({ offset: 0 }),
);
const call = fc.record({
  number: fc.oneof(fc.constantFrom(...numbers), fc.nat(0xffff_ffff)),
  size: fc.oneof(fc.nat(180), fc.constantFrom(0, 32, 64, 128, 168, 4096, 4097)),
  words: fc.array(word, { maxLength: 42 }),
  pointers: fc.array(fc.tuple(fc.nat(20), pointer), { maxLength: 4 }),
  buffer: fc.uint8Array({ maxLength: 64 }),
});

test(`random attrs never make the simulated kernel throw, and leave it whole (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 40 }), (calls) => {
      using laboratory = new SimulatedLaboratory({ bootId: 'fuzz', now: () => 0 });
      const { kernel } = laboratory;
      const { systemCall } = laboratory.host;
      const { arena } = systemCall;
      laboratory.addDevice();
      for (const value of [-1, 0, 2]) laboratory.loadVerdict(value);
      const attr = arena.reserve(4096);
      const buffer = arena.reserve(4096);
      for (const { number, size, words, pointers, buffer: bytes } of calls) {
        arena.bytes.fill(0, attr, attr + 4096);
        for (const [i, value] of words.entries()) arena.view.setUint32(attr + 4 * i, value, true);
        for (const [at, { offset }] of pointers) arena.setPointer(attr + 8 * at, buffer + offset);
        arena.bytes.set(bytes, buffer);
        const result = systemCall.bpf(number, arena.address(attr), size);
        expect(Number.isInteger(result) && result > -4096).toBe(true);
      }
      const state = kernel.save();
      expect(SimulatedKernel.restore(JSON.parse(JSON.stringify(state))).save()).toEqual(state);
      laboratory.removeDevice(2);
      laboratory.close();
      const held = [kernel.programs, kernel.links, kernel.maps, kernel.btfs].map((table) => table.size);
      expect(
        held.every((size) => size === 0) ||
          [...kernel.pins.mounts.values()].some((root) => root.entries.size > 0),
      ).toBe(true);
    }),
    { seed: SEED, numRuns: 400 },
  );
});

test.each([
  [0, 8],
  [-1, 8],
  [Number.NaN, 8],
  [2 ** 53, 8],
  [1e300, 168],
])('an attr at address %d with size %i faults', (address, size) => {
  using laboratory = new SimulatedLaboratory();
  expect(laboratory.host.systemCall.bpf(command.PROG_ATTACH, address, size)).toBe(-14);
});
