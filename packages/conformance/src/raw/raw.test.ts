import { command } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, expect, test } from 'vitest';
import { planRaw } from './plan-raw.js';
import { rawCommands } from './raw-fields.js';
import { type RawMemory, simulatedMemory } from './raw-memory.js';
import { type RawCall, type RawStep, WINDOW } from './raw-step.js';
import { compareRaw, describeRawDivergence, type RawRun, runSimulated, shrinkRaw } from './raw-target.js';
import { RawWorld } from './raw-world.js';
import { requireSafe } from './require-safe.js';
import { runRaw } from './run-raw.js';
import { unknowable } from './unknowable.js';

const BASE = 0x7f12_3456_0000;
const plan = (seed: number) => planRaw({ seed, ops: 100, without: [] });

/** The simulated kernel whose answers to some calls are changed. */
function runLying(
  steps: readonly RawStep[],
  lie: (number: number, result: number, memory: RawMemory) => number,
) {
  using laboratory = new SimulatedLaboratory();
  using memory = simulatedMemory(laboratory, BASE);
  using world = new RawWorld(memory);
  const bpf = (number: number, attr: number, size: number) =>
    lie(number, memory.bpf(number, attr, size), memory);
  return runRaw(steps, { ...memory, bpf }, world);
}

const lyingRun =
  (lie: Parameters<typeof runLying>[1]): RawRun =>
  async (steps) => ({ expected: runSimulated(steps, BASE), got: runLying(steps, lie) });

test('a raw sequence is a function of its seed', () => {
  const text = (seed: number) =>
    JSON.stringify(plan(seed), (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    );
  expect(text(7)).toBe(text(7));
  expect(text(7)).not.toBe(text(8));
});

test('a kernel that takes the numbers of another one over writes the same bytes', () => {
  for (let seed = 1; seed <= 4; seed++) {
    const steps = plan(seed);
    using laboratory = new SimulatedLaboratory();
    for (let i = 0; i < 40; i++) laboratory.loadVerdict(0);
    laboratory.addDevice();
    laboratory.addCgroup();
    using memory = simulatedMemory(laboratory, BASE);
    using world = new RawWorld(memory);
    const outcomes = runRaw(steps, memory, world);
    expect(runSimulated(steps, BASE, world.numbers)).toEqual(outcomes);
    expect(runSimulated(steps, BASE)).not.toEqual(outcomes);
  }
});

test('every command is tried, succeeds and fails, and some attrs lead across the end of memory', () => {
  const reached = new Set<string>();
  for (let seed = 1; seed <= 30; seed++) {
    const steps = plan(seed);
    for (const [i, { result }] of runSimulated(steps, BASE).entries()) {
      const step = steps[i]!;
      if (step.step === 'call') reached.add(`${step.command} ${/^E/.test(result) ? result : 'ok'}`);
    }
  }
  const wanted = Object.keys(rawCommands).map((name) => `${name} ok`);
  expect(wanted.filter((outcome) => !reached.has(outcome))).toEqual([]);
  const errors = [
    'PROG_ATTACH ESTALE',
    'PROG_ATTACH E2BIG',
    'PROG_QUERY ENOSPC',
    'LINK_UPDATE EPERM',
    'LINK_CREATE EEXIST',
    'PROG_GET_NEXT_ID EFAULT',
    'OBJ_GET_INFO_BY_FD EFAULT',
  ];
  expect(errors.filter((outcome) => !reached.has(outcome))).toEqual([]);
});

describe('no call can touch memory or objects of somebody else', () => {
  test('every pointer that reaches the kernel leads into the memory, just behind it, or nowhere', () => {
    for (let seed = 1; seed <= 60; seed++) {
      for (const step of plan(seed)) if (step.step === 'call') requireSafe(step, resolved(step), BASE);
    }
  });

  test.each([
    ['into low memory', 0x40_0000n],
    ['to another mapping', 0x7ffe_0000_0000n],
    ['in front of the memory', BigInt(BASE - 8)],
  ])('a pointer %s is refused before the call', (_, pointer) => {
    const memory = new Uint8Array(WINDOW);
    new DataView(memory.buffer).setBigUint64(16, pointer, true);
    const call: RawCall = {
      step: 'call',
      index: 3,
      command: 'PROG_QUERY',
      attr: 0,
      size: 64,
      memory,
      patches: [],
      masks: [],
    };
    expect(() => requireSafe(call, memory, BASE)).toThrow(
      `call 3: the pointer at 16 leads to 0x${pointer.toString(16)}`,
    );
  });

  test('every number that could be an fd, an id or an interface is one of the run or far from any', () => {
    const fields = { fd: 1 << 20, id: 0x7fff_0000, ifindex: 0x4000_0000 };
    for (let seed = 1; seed <= 40; seed++) {
      for (const step of plan(seed)) {
        if (step.step !== 'call' || typeof step.attr !== 'number' || step.attr + 4 > WINDOW || step.size < 4)
          continue;
        if (step.patches.some(({ at }) => at === step.attr)) continue;
        const value = new DataView(step.memory.buffer).getUint32(step.attr, true);
        expect(
          value === 0 || value >= Math.min(...Object.values(fields)),
          `seed ${seed}: ${step.command} ${value}`,
        ).toBe(true);
      }
    }
  });

  function resolved(call: RawCall): Uint8Array {
    const bytes = call.memory.slice();
    const view = new DataView(bytes.buffer);
    for (const { at, value } of call.patches) {
      if (value.kind === 'address') view.setBigUint64(at, BigInt(BASE + value.offset), true);
      else view.setUint8(at, 7);
    }
    return bytes;
  }
});

describe('a planted difference shrinks to its minimum and prints a script', () => {
  async function shortest(run: RawRun) {
    for (let seed = 1; seed < 20; seed++) {
      const divergence = await compareRaw(plan(seed), run);
      if (divergence !== null) {
        const found = await shrinkRaw(divergence, run, async () => undefined);
        return { ...found, script: describeRawDivergence(seed, found).split('\n') };
      }
    }
    throw new Error('the planted difference was not found');
  }

  test('a wrong errno of one call', async () => {
    const run = lyingRun((number, result) =>
      number === command.LINK_DETACH && result === -22 ? -9 : result,
    );
    const { steps, script } = await shortest(run);
    expect(steps).toHaveLength(1);
    expect(script[1]).toMatch(/^ {2}1\. LINK_DETACH, \d+ bytes at /);
    expect(script.slice(-2)).toEqual([
      '  the running kernel: EINVAL, written nothing',
      '  the simulated one:  EBADF, written nothing',
    ]);
  });

  test('a link must be made before its detach can be wrong', async () => {
    const run = lyingRun((number, result) => (number === command.LINK_DETACH && result === 0 ? -1 : result));
    const { steps } = await shortest(run);
    const commands = steps.map((step) => step.step === 'call' && step.command);
    // The link may stand beside another one.
    expect(commands.length).toBeLessThanOrEqual(3);
    expect([...new Set(commands)]).toEqual(['LINK_CREATE', 'LINK_DETACH']);
  });

  test('one byte that is written where none should be', async () => {
    const run = lyingRun((number, result, memory) => {
      if (number === command.PROG_QUERY && result === 0) memory.bytes[WINDOW - 1]! ^= 1;
      return result;
    });
    const { steps, got } = await shortest(run);
    expect(steps).toHaveLength(1);
    expect(got.written).toMatch(new RegExp(`(^|:| )${WINDOW - 1}:..$|${''}[0-9a-f]+$`));
  });
});

test('everything that is not compared has a reason', () => {
  expect(unknowable.length).toBeGreaterThan(0);
  for (const { at, length, reason } of unknowable) {
    expect(reason.length).toBeGreaterThan(20);
    expect(at + length).toBeLessThanOrEqual(232);
  }
});
