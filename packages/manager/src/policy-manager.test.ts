import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, vi } from 'vitest';
import { policySuites } from '../test/suites/policy-suites.js';

// Each change is synced to the disk twice, which a busy machine may take seconds for.
vi.setConfig({ testTimeout: 60_000 });

for (const [name, suite] of policySuites) {
  describe(name, () => suite(() => new SimulatedLaboratory()));
}
