import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, vi } from 'vitest';
import { managerSuites } from '../test/suites/index.js';

// Each change is synced to the disk twice, which a busy machine may take seconds for.
vi.setConfig({ testTimeout: 60_000 });

for (const [name, suite] of managerSuites) {
  describe(name, () => suite(() => new SimulatedLaboratory()));
}
