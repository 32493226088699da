import { describe } from 'vitest';
import { clientSuite } from '../../test/suites/client.js';
import { SimulatedLaboratory } from '../simulated/index.js';

describe('client over the simulated kernel', () => clientSuite(() => new SimulatedLaboratory()));
