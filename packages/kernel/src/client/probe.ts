import { attachType } from '../abi/attach-type.js';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import type { ObjectCalls } from './object-calls.js';

/** What a kernel may or may not offer. */
export type Feature = 'tcx' | 'netkit';

/** Whether a kernel has a feature; null where the caller lacks the right to find out. */
export type ProbeResult = boolean | null;

/** What each feature takes, in words for messages. */
export const featureNeeds: Readonly<Record<Feature, string>> = {
  tcx: 'Linux 6.6',
  netkit: 'Linux 6.7 and CONFIG_NETKIT',
};

const attachTypes: Readonly<Record<Feature, number>> = {
  tcx: attachType.TCX_INGRESS,
  netkit: attachType.NETKIT_PRIMARY,
};

/**
 * Finds out what the kernel offers without changing anything: a query of no device is ENODEV where the layer exists and
 * EINVAL where it does not (spec 7.3, 9.2). An answer is remembered only when it is conclusive.
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
    const { memory } = this.#calls;
    memory.clearAttr();
    memory.setField(attr.progQuery.attachType, attachTypes[feature]);
    const result = this.#calls.call(command.PROG_QUERY, attr.progQuery.end);
    if (result === -errno.ENODEV) return this.#remember(feature, true);
    if (result === -errno.EINVAL || result === -errno.ENOSYS) return this.#remember(feature, false);
    return null;
  }

  #remember(feature: Feature, present: boolean): boolean {
    this.#known.set(feature, present);
    return present;
  }
}
