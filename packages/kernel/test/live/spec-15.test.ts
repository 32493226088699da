import { foreignFunctions } from '../../src/linux/ffi.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { spec15BtfOfProgramsSuite } from '../suites/spec-15-1-btf.js';
import { spec15LoadSuite } from '../suites/spec-15-1-load.js';
import { spec15LogSuite } from '../suites/spec-15-1-log.js';
import { spec15TypesSuite } from '../suites/spec-15-1-types.js';
import type { Traits } from '../suites/spec-15-bench.js';
import { liveSuite } from './requirements.js';

const PROT_READ = 1;

const traits: Traits = {
  readOnly(bytes) {
    const foreign = foreignFunctions();
    const arena = foreign.map(bytes.length);
    arena.bytes.set(bytes);
    kept.push(arena);
    foreign.call('mprotect', arena.base, arena.bytes.length, PROT_READ);
    return arena.base;
  },
};

/** Memory goes back when nothing refers to it; the kernel writes through plain numbers. */
const kept: unknown[] = [];

liveSuite('spec 15.1: PROG_LOAD over Linux', () => spec15LoadSuite(openLinuxLaboratory, traits));
liveSuite('spec 15.1.1: types over Linux', () => spec15TypesSuite(openLinuxLaboratory, traits));
liveSuite('spec 15.1.2: logs over Linux', () => spec15LogSuite(openLinuxLaboratory, traits));
liveSuite('spec 15.1.3, 15.1.4: type information and tags over Linux', () =>
  spec15BtfOfProgramsSuite(openLinuxLaboratory, traits),
);
