import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { demoSuite } from '../suites/demo.js';

liveSuite('the demo on Linux', () => demoSuite(false));
