import { openLinuxLaboratory } from '../../src/linux/index.js';
import { clientSuite } from '../suites/client.js';
import { describeLive } from './requirements.js';

describeLive('client over Linux', () => clientSuite(openLinuxLaboratory));
