import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { describe } from 'vitest';
import { besideOthers, liveSuite } from '../../../kernel/test/live/requirements.js';
import { managerSuites } from '../suites/index.js';

const body = () => {
  for (const [name, suite] of managerSuites) describe(name, () => suite(openLinuxLaboratory));
};

liveSuite('manager on the running kernel', body, besideOthers);
