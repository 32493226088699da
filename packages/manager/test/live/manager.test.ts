import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { describe } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { managerSuites } from '../suites/index.js';

liveSuite('manager on the running kernel', () => {
  for (const [name, suite] of managerSuites) describe(name, () => suite(openLinuxLaboratory));
});
