import type { Chain } from '@mprog/core';
import type { Device } from './device.js';

/** Which end of a netkit pair a device is. */
export type NetkitRole = 'primary' | 'peer';

/** What a netkit device does with packets while it has no programs (spec 9.5). */
export type NetkitPolicy = 'pass' | 'drop';

/** What makes a device one end of a netkit pair (spec 9.1). */
export interface NetkitEnd {
  readonly role: NetkitRole;
  readonly other: Device;
  policy: NetkitPolicy;
  /** The bundle: it lives as long as the device (spec 9.3). */
  readonly chain: Chain;
}
