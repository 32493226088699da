import type { Laboratory } from '@mprog/kernel';
import { attachSuite } from './attach.js';
import { behindSuite } from './behind.js';
import { cgroupSuite } from './cgroup.js';
import { desiredProgramSuite } from './desired-programs.js';
import { detachSuite } from './detach.js';
import { effectiveSuite } from './effective.js';
import { guardSuite } from './guard.js';
import { inventorySuite } from './inventory.js';
import { linkSuite } from './links.js';
import { loadDesiredSuite } from './load-desired.js';
import { obstacleSuite } from './obstacles.js';
import { policyHookSuite } from './policy-hooks.js';
import { programSuite } from './programs.js';

/** The suites of the manager, which run over both kernels. */
export const managerSuites: readonly (readonly [string, (makeLaboratory: () => Laboratory) => void])[] = [
  ['attach', attachSuite],
  ['detach', detachSuite],
  ['links', linkSuite],
  ['inventory', inventorySuite],
  ['programs', programSuite],
  ['guard', guardSuite],
  ['obstacles', obstacleSuite],
  ['behind hooks', behindSuite],
  ['cgroups', cgroupSuite],
  ['effective lists', effectiveSuite],
  ['programs of policies', desiredProgramSuite],
  ['loading programs of policies', loadDesiredSuite],
  ['hooks of policies', policyHookSuite],
];
