import { openLinuxLaboratory } from '../../src/linux/index.js';
import { clientSuite } from '../suites/client.js';
import { liveSuite } from './requirements.js';

liveSuite('client over Linux', () => clientSuite(openLinuxLaboratory));
