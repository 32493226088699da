import { describe } from 'vitest';
import { chapter1 } from '../../test/suites/chapter-1.js';
import { chapter2 } from '../../test/suites/chapter-2.js';
import { chapter3 } from '../../test/suites/chapter-3.js';
import { chapter4 } from '../../test/suites/chapter-4.js';
import { chapter5 } from '../../test/suites/chapter-5.js';
import { chapter6 } from '../../test/suites/chapter-6.js';
import { chapter7 } from '../../test/suites/chapter-7.js';
import { chapter7Capabilities } from '../../test/suites/chapter-7-capabilities.js';
import { chapter8 } from '../../test/suites/chapter-8.js';
import { chapter9 } from '../../test/suites/chapter-9.js';
import { chapter10 } from '../../test/suites/chapter-10.js';
import { SimulatedLaboratory } from './simulated-laboratory.js';

const laboratory = (): SimulatedLaboratory => new SimulatedLaboratory();

describe('chapter 1 on the simulated kernel', () => chapter1(laboratory));
describe('chapter 2 on the simulated kernel', () => chapter2(laboratory));
describe('chapter 3 on the simulated kernel', () => chapter3(laboratory));
describe('chapter 4 on the simulated kernel', () => chapter4(laboratory));
describe('chapter 5 on the simulated kernel', () => chapter5(laboratory));
describe('chapter 6 on the simulated kernel', () => chapter6(laboratory));
describe('chapter 7 on the simulated kernel', () => chapter7(laboratory));
describe('chapter 8 on the simulated kernel', () => chapter8(laboratory));
describe('chapter 10 on the simulated kernel', () => chapter10(laboratory));
describe('section 7.10 on the simulated kernel', () => chapter7Capabilities(laboratory));
describe('chapter 9 on a simulated kernel with netkit', () =>
  chapter9(() => new SimulatedLaboratory({ netkit: true })));
