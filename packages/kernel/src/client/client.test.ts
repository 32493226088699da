import { describe } from 'vitest';
import { clientSuite } from '../../test/suites/client.js';
import { clientCgroupSuite } from '../../test/suites/client-cgroup.js';
import { clientNetkitSuite, clientWithoutNetkitSuite } from '../../test/suites/client-netkit.js';
import { reusedMapsSuite } from '../../test/suites/reused-maps.js';
import { standInCgroupSuite, standInSuite } from '../../test/suites/stand-ins.js';
import { SimulatedLaboratory } from '../simulated/index.js';

const laboratory = () => new SimulatedLaboratory();

describe('client over the simulated kernel', () => {
  clientSuite(laboratory);
  describe('cgroups', () => clientCgroupSuite(laboratory));
  describe('reused maps', () => reusedMapsSuite(laboratory, false));
  describe('stand-ins', () => {
    standInSuite(laboratory, false);
    standInCgroupSuite(laboratory);
  });
  describe('without netkit', () => clientWithoutNetkitSuite(laboratory));
  describe('with netkit', () => clientNetkitSuite(() => new SimulatedLaboratory({ netkit: true })));
});
