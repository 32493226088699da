import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { describe } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { attachSuite } from '../suites/attach.js';

liveSuite('manager on the running kernel', () => {
  describe('attach', () => attachSuite(openLinuxLaboratory));
});
