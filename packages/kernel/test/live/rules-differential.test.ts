import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { SimulatedLaboratory } from '../../src/simulated/index.js';
import { operation, Performer } from '../suites/random-calls.js';
import { liveSuite } from './requirements.js';

const SEED = Number(process.env.MPROG_DIFFERENTIAL_SEED ?? 618);
const RUNS = Number(process.env.MPROG_DIFFERENTIAL_RUNS ?? 25);

liveSuite('the simulated kernel against the running one', () => {
  test(`random calls get the same answers and leave the same hooks (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 40, size: 'max' }), (operations) => {
        using linux = openLinuxLaboratory();
        using simulated = new SimulatedLaboratory();
        const [real, model] = [new Performer(linux), new Performer(simulated)];
        for (const [step, next] of operations.entries()) {
          const expected = real.perform(next);
          expect(model.perform(next), `operation ${step}: ${JSON.stringify(next)}`).toEqual(expected);
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 120_000 },
    );
  }, 180_000);
});
