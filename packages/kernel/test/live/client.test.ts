import { describe } from 'vitest';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { clientSuite } from '../suites/client.js';
import { clientCgroupSuite } from '../suites/client-cgroup.js';
import { clientNetkitSuite, clientWithoutNetkitSuite } from '../suites/client-netkit.js';
import { reusedMapsSuite } from '../suites/reused-maps.js';
import { standInCgroupSuite, standInSuite } from '../suites/stand-ins.js';
import { besideOthers, cgroupReason, liveSuite, netkitReason, unless } from './requirements.js';

const body = () => {
  clientSuite(openLinuxLaboratory);
  describe('cgroups', () => unless(cgroupReason(), () => clientCgroupSuite(openLinuxLaboratory)));
  describe('reused maps', () => reusedMapsSuite(openLinuxLaboratory, true));
  describe('stand-ins', () => {
    standInSuite(openLinuxLaboratory, true);
    unless(cgroupReason(), () => standInCgroupSuite(openLinuxLaboratory));
  });
  const missing = netkitReason();
  if (missing === null) clientNetkitSuite(openLinuxLaboratory);
  else describe('without netkit', () => clientWithoutNetkitSuite(openLinuxLaboratory));
};

liveSuite('client over Linux', body, besideOthers);
