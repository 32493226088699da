import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { describe } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { moveSuite } from '../suites/moves.js';

liveSuite('policies on the running kernel', () => {
  for (const [name, suite] of [['moves', moveSuite]] as const)
    describe(name, () => suite(openLinuxLaboratory));
});
