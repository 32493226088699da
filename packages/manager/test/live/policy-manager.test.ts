import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { describe } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { policySuites } from '../suites/policy-suites.js';

liveSuite('policies on the running kernel', () => {
  for (const [name, suite] of policySuites) describe(name, () => suite(openLinuxLaboratory));
});
