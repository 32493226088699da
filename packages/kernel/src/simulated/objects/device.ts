import type { Chain } from '@mprog/core';
import type { ClassicQdisc } from '../../laboratory.js';
import type { Namespace } from './namespace.js';
import type { NetkitEnd } from './netkit-end.js';

/** Side of a device. */
export type Direction = 'ingress' | 'egress';

/** A network device. It keeps its hooks when it moves to another namespace (spec 8.5). */
export interface Device {
  readonly kind: 'device';
  ifindex: number;
  name: string;
  up: boolean;
  namespace: Namespace;
  qdisc: ClassicQdisc | null;
  /** The tcx bundle of each direction; null while there is none (spec 8.2). */
  readonly tcx: Record<Direction, Chain | null>;
  /** Null for a device of another kind. */
  netkit: NetkitEnd | null;
}
