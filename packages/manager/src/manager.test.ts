import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe } from 'vitest';
import { attachSuite } from '../test/suites/attach.js';

describe('attach', () => attachSuite(() => new SimulatedLaboratory()));
