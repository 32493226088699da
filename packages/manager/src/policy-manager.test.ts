import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, vi } from 'vitest';
import { moveSuite } from '../test/suites/moves.js';

// Each change is synced to the disk twice, which a busy machine may take seconds for.
vi.setConfig({ testTimeout: 60_000 });

for (const [name, suite] of [['moves', moveSuite]] as const) {
  describe(name, () => suite(() => new SimulatedLaboratory()));
}
