import { attachType } from '../abi/attach-type.js';
import { programType } from '../abi/program-type.js';

/** Program type and attach type that a section of an object stands for. */
export interface SectionType {
  readonly type: number;
  readonly expectedAttachType: number;
}

const classifier = (expectedAttachType: number): SectionType => ({
  type: programType.SCHED_CLS,
  expectedAttachType,
});

const sections: Readonly<Record<string, SectionType>> = {
  'tcx/ingress': classifier(attachType.TCX_INGRESS),
  'tcx/egress': classifier(attachType.TCX_EGRESS),
  'netkit/primary': classifier(attachType.NETKIT_PRIMARY),
  'netkit/peer': classifier(attachType.NETKIT_PEER),
  tc: classifier(0),
  classifier: classifier(0),
};

/**
 * What a section stands for where libbpf 1.1 does not know it or later versions say it differently; undefined for all
 * other sections, which are libbpf's to know.
 *
 * @param section name of the section; a leading `?`, which switches autoloading off, does not count
 */
export function sectionType(section: string): SectionType | undefined {
  const name = section.startsWith('?') ? section.slice(1) : section;
  return Object.hasOwn(sections, name) ? sections[name] : undefined;
}
