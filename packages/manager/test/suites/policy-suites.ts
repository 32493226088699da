import type { Laboratory } from '@mprog/kernel';
import { disturbanceSuite } from './disturbances.js';
import { exportSuite } from './export.js';
import { moveSuite } from './moves.js';
import { permutationSuite } from './permutations.js';
import { policySuite } from './policy.js';
import { policyInterruptionSuite } from './policy-interruption.js';
import { policyObstacleSuite } from './policy-obstacles.js';
import { policyPreorderSuite } from './policy-preorder.js';
import { policyRepeatSuite } from './policy-repeats.js';
import { policyScaleSuite } from './policy-scale.js';
import { policyUndoSuite } from './policy-undo.js';
import { policyWaitSuite } from './policy-waits.js';
import { severedLinkSuite } from './severed-links.js';

/** The suites of policies, which run over both kernels. */
export const policySuites: readonly (readonly [string, (makeLaboratory: () => Laboratory) => void])[] = [
  ['policies', policySuite],
  ['moves', moveSuite],
  ['permutations', permutationSuite],
  ['waits of policies', policyWaitSuite],
  ['policies on many devices', policyScaleSuite],
  ['policies that are interrupted', policyInterruptionSuite],
  ['policies that are disturbed', disturbanceSuite],
  ['policies beside what is there several times', policyRepeatSuite],
  ['policies and PREORDER', policyPreorderSuite],
  ['undoing policies', policyUndoSuite],
  ['obstacles of policies', policyObstacleSuite],
  ['severed links', severedLinkSuite],
  ['export', exportSuite],
];
