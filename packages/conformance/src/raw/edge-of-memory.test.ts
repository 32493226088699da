import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { edgeOfMemory } from '../../test/edge-of-memory.js';
import { simulatedMemory } from './raw-memory.js';

edgeOfMemory('the simulated kernel at the end of memory', () =>
  simulatedMemory(new SimulatedLaboratory(), 0x7f12_3456_0000),
);
