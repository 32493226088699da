import { expect } from 'vitest';
import { foreignFunctions } from '../../src/linux/ffi.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { spec15BtfOfProgramsSuite } from '../suites/spec-15-1-btf.js';
import { spec15LoadSuite } from '../suites/spec-15-1-load.js';
import { spec15LogSuite } from '../suites/spec-15-1-log.js';
import { spec15TypesSuite } from '../suites/spec-15-1-types.js';
import { spec15PinsSuite } from '../suites/spec-15-2-pins.js';
import { spec15PinReferencesSuite } from '../suites/spec-15-2-references.js';
import { spec15TestRunResultsSuite } from '../suites/spec-15-3-results.js';
import { spec15TestRunSuite } from '../suites/spec-15-3-test-run.js';
import { spec15MapCreateSuite } from '../suites/spec-15-4-create.js';
import { spec15ElementsSuite } from '../suites/spec-15-4-elements.js';
import { spec15ProgramArraysSuite } from '../suites/spec-15-4-program-arrays.js';
import { spec15InfoSuite } from '../suites/spec-15-5-info.js';
import { spec15ProgramInfoSuite } from '../suites/spec-15-5-program-info.js';
import { spec15BtfLoadSuite } from '../suites/spec-15-6-btf.js';
import { spec15IdsSuite } from '../suites/spec-15-6-ids.js';
import { spec15CapabilitiesSuite } from '../suites/spec-15-7-capabilities.js';
import { spec15FdsSuite } from '../suites/spec-15-7-fds.js';
import { spec15FrontSuite } from '../suites/spec-15-7-front.js';
import { spec15BesideSuite } from '../suites/spec-15-8-beside.js';
import type { Traits } from '../suites/spec-15-bench.js';
import { besideOthers, liveSuite } from './requirements.js';

const PROT_READ = 1;
const MS_RDONLY = 1;
const MS_REMOUNT = 32;

const traits: Traits = {
  readOnly(bytes) {
    const foreign = foreignFunctions();
    const arena = foreign.map(bytes.length);
    arena.bytes.set(bytes);
    kept.push(arena);
    foreign.call('mprotect', arena.base, arena.bytes.length, PROT_READ);
    return arena.base;
  },
  remount(point, readOnly) {
    const foreign = foreignFunctions();
    const flags = MS_REMOUNT | (readOnly ? MS_RDONLY : 0);
    expect(foreign.call('mount', 0, foreign.text(0, point), 0, flags)).toBe(0);
  },
  unmount(point) {
    const foreign = foreignFunctions();
    expect(foreign.call('umount2', foreign.text(0, point))).toBe(0);
  },
};

/** Memory goes back when nothing refers to it; the kernel writes through plain numbers. */
const kept: unknown[] = [];

const suite = (name: string, body: () => void) => liveSuite(name, body, besideOthers);

suite('spec 15.1: PROG_LOAD over Linux', () => spec15LoadSuite(openLinuxLaboratory, traits));
suite('spec 15.1.1: types over Linux', () => spec15TypesSuite(openLinuxLaboratory, traits));
suite('spec 15.1.2: logs over Linux', () => spec15LogSuite(openLinuxLaboratory, traits));
suite('spec 15.1.3, 15.1.4: type information and tags over Linux', () =>
  spec15BtfOfProgramsSuite(openLinuxLaboratory, traits));
suite('spec 15.2: OBJ_PIN and OBJ_GET over Linux', () => spec15PinsSuite(openLinuxLaboratory, traits));
suite('spec 15.2: pins and their file system over Linux', () =>
  spec15PinReferencesSuite(openLinuxLaboratory, traits));
suite('spec 15.3: PROG_TEST_RUN over Linux', () => spec15TestRunSuite(openLinuxLaboratory, traits));
suite('spec 15.3: results of PROG_TEST_RUN over Linux', () =>
  spec15TestRunResultsSuite(openLinuxLaboratory, traits));
suite('spec 15.4: MAP_CREATE over Linux', () => spec15MapCreateSuite(openLinuxLaboratory, traits));
suite('spec 15.4: elements of maps over Linux', () => spec15ElementsSuite(openLinuxLaboratory, traits));
suite('spec 15.4: program arrays over Linux', () => spec15ProgramArraysSuite(openLinuxLaboratory, traits));
suite('spec 15.5: info over Linux', () => spec15InfoSuite(openLinuxLaboratory, traits));
suite('spec 15.5.1: info of programs over Linux', () => spec15ProgramInfoSuite(openLinuxLaboratory, traits));
suite('spec 15.6: BTF_LOAD over Linux', () => spec15BtfLoadSuite(openLinuxLaboratory, traits));
suite('spec 15.6: ids and statistics over Linux', () => spec15IdsSuite(openLinuxLaboratory, traits));
suite('spec 15.7: front over Linux', () => spec15FrontSuite(openLinuxLaboratory, traits));
suite('spec 15.7: fds over Linux', () => spec15FdsSuite(openLinuxLaboratory, traits));
suite('spec 15.7: capabilities over Linux', () => spec15CapabilitiesSuite(openLinuxLaboratory, traits));
suite('spec 15.8: beside the other chapters over Linux', () =>
  spec15BesideSuite(openLinuxLaboratory, traits));
