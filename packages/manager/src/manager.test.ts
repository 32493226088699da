import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe } from 'vitest';
import { managerSuites } from '../test/suites/index.js';

for (const [name, suite] of managerSuites) {
  describe(name, () => suite(() => new SimulatedLaboratory()));
}
