import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { linuxMemory } from '../../src/raw/raw-memory.js';
import { edgeOfMemory } from '../edge-of-memory.js';

liveSuite('at the end of memory', () => {
  edgeOfMemory('the running kernel', () => linuxMemory(openLinuxLaboratory()));
});
