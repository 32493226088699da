import { attachType } from '../abi/attach-type.js';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { flag } from '../abi/flag.js';
import type { ObjectCalls } from './object-calls.js';

/** What a kernel may or may not offer. */
export type Feature = 'tcx' | 'netkit' | 'cgroup' | 'preorder' | 'cgroupOrdering' | 'links' | 'testRun';

/** Whether a kernel has a feature; null where the caller lacks the right to find out. */
export type ProbeResult = boolean | null;

/** What each feature takes, in words for messages. */
export const featureNeeds: Readonly<Record<Feature, string>> = {
  tcx: 'Linux 6.6',
  netkit: 'Linux 6.7 and CONFIG_NETKIT',
  cgroup: 'Linux 4.10 and CONFIG_CGROUP_BPF',
  preorder: 'Linux 6.15',
  cgroupOrdering: 'Linux 6.17',
  links: 'Linux 5.7',
  testRun: 'Linux 4.12',
};

/** An fd that no process has. */
const NO_FD = 0x7fff_ffff;

/** A call that nothing can come of, and the answer that a kernel with the feature gives. */
interface Question {
  readonly command: number;
  readonly size: number;
  readonly fields: readonly (readonly [offset: number, value: number])[];
  readonly yes: number;
}

const query = (type: number, target: number, yes: number): Question => ({
  command: command.PROG_QUERY,
  size: attr.progQuery.end,
  fields: [
    [attr.progQuery.target, target],
    [attr.progQuery.attachType, type],
  ],
  yes,
});

/** Flags are looked at before the program is (spec 7.1), so one that the kernel does not know is EINVAL. */
const attachToCgroup = (flags: number): Question => ({
  command: command.PROG_ATTACH,
  size: attr.progAttach.end,
  fields: [
    [attr.progAttach.target, NO_FD],
    [attr.progAttach.programFd, NO_FD],
    [attr.progAttach.attachType, attachType.CGROUP_INET_INGRESS],
    [attr.progAttach.flags, flags],
  ],
  yes: errno.EBADF,
});

const questions: Readonly<Record<Feature, Question>> = {
  tcx: query(attachType.TCX_INGRESS, 0, errno.ENODEV),
  netkit: query(attachType.NETKIT_PRIMARY, 0, errno.ENODEV),
  cgroup: query(attachType.CGROUP_INET_INGRESS, NO_FD, errno.EBADF),
  preorder: attachToCgroup(flag.ALLOW_MULTI | flag.PREORDER),
  cgroupOrdering: attachToCgroup(flag.ALLOW_MULTI | flag.BEFORE),
  links: {
    command: command.LINK_CREATE,
    size: attr.linkCreate.end,
    fields: [[attr.linkCreate.programFd, NO_FD]],
    yes: errno.EBADF,
  },
  testRun: {
    command: command.PROG_TEST_RUN,
    size: attr.testRun.end,
    fields: [[attr.testRun.programFd, NO_FD]],
    yes: errno.EBADF,
  },
};

/**
 * Finds out what the kernel offers without changing anything: a query of no device is ENODEV where the layer exists and
 * EINVAL where it does not (spec 7.3, 9.2), and a call with an fd that nobody has goes as far as that fd. An answer is
 * remembered only when it is conclusive.
 */
export class Probe {
  readonly #calls: ObjectCalls;
  readonly #known: Map<Feature, boolean> = new Map();

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  has(feature: Feature): ProbeResult {
    const known = this.#known.get(feature);
    if (known !== undefined) return known;
    const { command, size, fields, yes } = questions[feature];
    const { memory } = this.#calls;
    memory.clearAttr();
    for (const [offset, value] of fields) memory.setField(offset, value);
    const result = this.#calls.call(command, size);
    if (result === -yes) return this.#remember(feature, true);
    if (result === -errno.EINVAL || result === -errno.ENOSYS) return this.#remember(feature, false);
    return null;
  }

  #remember(feature: Feature, present: boolean): boolean {
    this.#known.set(feature, present);
    return present;
  }
}
