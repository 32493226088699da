import { describe } from 'vitest';
import { spec15BtfOfProgramsSuite } from '../../test/suites/spec-15-1-btf.js';
import { spec15LoadSuite } from '../../test/suites/spec-15-1-load.js';
import { spec15LogSuite } from '../../test/suites/spec-15-1-log.js';
import { spec15TypesSuite } from '../../test/suites/spec-15-1-types.js';
import { spec15PinsSuite } from '../../test/suites/spec-15-2-pins.js';
import { spec15PinReferencesSuite } from '../../test/suites/spec-15-2-references.js';
import { spec15TestRunResultsSuite } from '../../test/suites/spec-15-3-results.js';
import { spec15TestRunSuite } from '../../test/suites/spec-15-3-test-run.js';
import { spec15MapCreateSuite } from '../../test/suites/spec-15-4-create.js';
import { spec15ElementsSuite } from '../../test/suites/spec-15-4-elements.js';
import { spec15ProgramArraysSuite } from '../../test/suites/spec-15-4-program-arrays.js';
import { spec15InfoSuite } from '../../test/suites/spec-15-5-info.js';
import { spec15ProgramInfoSuite } from '../../test/suites/spec-15-5-program-info.js';
import { spec15BtfLoadSuite } from '../../test/suites/spec-15-6-btf.js';
import { spec15IdsSuite } from '../../test/suites/spec-15-6-ids.js';
import { spec15CapabilitiesSuite } from '../../test/suites/spec-15-7-capabilities.js';
import { spec15FdsSuite } from '../../test/suites/spec-15-7-fds.js';
import { spec15FrontSuite } from '../../test/suites/spec-15-7-front.js';
import { spec15BesideSuite } from '../../test/suites/spec-15-8-beside.js';
import type { Traits } from '../../test/suites/spec-15-bench.js';
import { SimulatedLaboratory } from './index.js';

const make = (): SimulatedLaboratory => new SimulatedLaboratory();

const traits: Traits = {
  crowded: (laboratory, maximumFds) => (laboratory as SimulatedLaboratory).kernel.openProcess({ maximumFds }),
};

describe('spec 15.1: PROG_LOAD over the simulated kernel', () => spec15LoadSuite(make, traits));
describe('spec 15.1.1: types over the simulated kernel', () => spec15TypesSuite(make, traits));
describe('spec 15.1.2: logs over the simulated kernel', () => spec15LogSuite(make, traits));
describe('spec 15.1.3, 15.1.4: type information and tags over the simulated kernel', () =>
  spec15BtfOfProgramsSuite(make, traits));
describe('spec 15.2: OBJ_PIN and OBJ_GET over the simulated kernel', () => spec15PinsSuite(make, traits));
describe('spec 15.2: pins and their file system over the simulated kernel', () =>
  spec15PinReferencesSuite(make, traits));
describe('spec 15.3: PROG_TEST_RUN over the simulated kernel', () => spec15TestRunSuite(make, traits));
describe('spec 15.3: results of PROG_TEST_RUN over the simulated kernel', () =>
  spec15TestRunResultsSuite(make, traits));
describe('spec 15.4: MAP_CREATE over the simulated kernel', () => spec15MapCreateSuite(make, traits));
describe('spec 15.4: elements of maps over the simulated kernel', () => spec15ElementsSuite(make, traits));
describe('spec 15.4: program arrays over the simulated kernel', () => spec15ProgramArraysSuite(make, traits));
describe('spec 15.5: info over the simulated kernel', () => spec15InfoSuite(make, traits));
describe('spec 15.5.1: info of programs over the simulated kernel', () =>
  spec15ProgramInfoSuite(make, traits));
describe('spec 15.6: BTF_LOAD over the simulated kernel', () => spec15BtfLoadSuite(make, traits));
describe('spec 15.6: ids and statistics over the simulated kernel', () => spec15IdsSuite(make, traits));
describe('spec 15.7: front over the simulated kernel', () => spec15FrontSuite(make, traits));
describe('spec 15.7: fds over the simulated kernel', () => spec15FdsSuite(make, traits));
describe('spec 15.7: capabilities over the simulated kernel', () => spec15CapabilitiesSuite(make, traits));
describe('spec 15.8: beside the other chapters over the simulated kernel', () =>
  spec15BesideSuite(make, traits));
