import { describe } from 'vitest';
import { demoSuite } from '../../test/suites/demo.js';

describe('the demo on the simulated kernel', () => demoSuite(true));
