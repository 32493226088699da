import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { formatTrace } from '../../src/format-trace.js';
import { fuzz, reportFuzz } from '../../src/fuzz.js';
import { parseTrace } from '../../src/parse-trace.js';
import { busyTypes } from '../../src/raw/busy-types.js';
import { planRaw } from '../../src/raw/plan-raw.js';
import { linuxMemory } from '../../src/raw/raw-memory.js';
import { compareRaw, describeRawDivergence, runSimulated, shrinkRaw } from '../../src/raw/raw-target.js';
import { RawWorld } from '../../src/raw/raw-world.js';
import { runRaw } from '../../src/raw/run-raw.js';
import { recordTrace } from '../../src/record.js';
import { replay } from '../../src/replay.js';
import { SequenceTarget } from '../../src/sequence-target.js';

const seeds = process.env.MPROG_SEED === undefined ? [1, 2, 3, 4] : [Number(process.env.MPROG_SEED)];

const range = `seeds ${seeds.join(', ')}, MPROG_SEED sets another`;

liveSuite('the simulated kernel against the running one', () => {
  test.each(['tcx', 'cgroup'] as const)(`random %s operations lead to the same (${range})`, async (layer) => {
    const open = () =>
      new SequenceTarget({
        layer,
        ops: layer === 'tcx' ? 40 : 120,
        reference: openLinuxLaboratory,
        candidate: () => new SimulatedLaboratory({ firstId: 1_000_000 }),
      });
    const summary = await fuzz([open], { from: seeds.at(0)!, to: seeds.at(-1)! });
    expect(summary.findings.map(({ script }) => script).join('\n')).toBe('');
    expect(reportFuzz(summary)).toMatch(
      new RegExp(`^${seeds.length} sequences, \\d+ operations, 0 mismatches$`),
    );
  });

  test(`random bytes get the same errno and the same output bytes (${range})`, async () => {
    using laboratory = openLinuxLaboratory();
    using memory = linuxMemory(laboratory);
    for (const seed of seeds) {
      const options = { seed, ops: 100 };
      let without: readonly number[] = [];
      {
        using world = new RawWorld(memory);
        without = busyTypes(world, memory);
      }
      const run = async (steps: Parameters<typeof runRaw>[0]) => {
        using world = new RawWorld(memory);
        const expected = runRaw(steps, memory, world);
        return { expected, got: runSimulated(steps, memory.base, world.numbers) };
      };
      const found = await compareRaw(planRaw({ ...options, without }), run);
      if (found !== null) {
        expect.fail(describeRawDivergence(seed, await shrinkRaw(found, run, async () => undefined)));
      }
    }
  });

  test.each(['tcx', 'cgroup'] as const)(
    'recording %s again gives the same bytes, which replay on the simulated kernel',
    (layer) => {
      const record = () => {
        using laboratory = openLinuxLaboratory();
        return formatTrace(recordTrace({ layer, seed: 20_261, ops: 50 }, laboratory, 'recorded'));
      };
      const text = record();
      expect(record()).toBe(text);
      using laboratory = new SimulatedLaboratory({ firstId: 1_000_000 });
      expect(replay(parseTrace(text, 'recorded'), laboratory).mismatches).toEqual([]);
    },
  );
});
