import { describe, expect, it } from 'vitest';
import { attachType } from '../abi/attach-type.js';
import { programType } from '../abi/program-type.js';
import { sectionType } from './section-type.js';

describe('sections', () => {
  it.each([
    ['tcx/ingress', attachType.TCX_INGRESS],
    ['tcx/egress', attachType.TCX_EGRESS],
    ['netkit/primary', attachType.NETKIT_PRIMARY],
    ['netkit/peer', attachType.NETKIT_PEER],
    ['tc', 0],
    ['classifier', 0],
    ['?tcx/ingress', attachType.TCX_INGRESS],
  ])('%s stands for a classifier with attach type %i', (section, expectedAttachType) => {
    expect(sectionType(section)).toEqual({ type: programType.SCHED_CLS, expectedAttachType });
  });

  it.each(['xdp', 'tcx', 'tcx/ingress/more', '', 'constructor'])('%s is left to libbpf', (section) => {
    expect(sectionType(section)).toBeUndefined();
  });
});
