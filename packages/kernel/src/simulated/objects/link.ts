import type { Layer } from '../layers/layer.js';
import type { Cgroup } from './cgroup.js';
import type { Device } from './device.js';
import type { ProgramObject } from './program.js';

/** What a link is attached to. */
export type LinkTarget = Device | Cgroup;

/** A link: it owns one attachment and holds its program (spec 2). */
export interface LinkObject {
  readonly kind: 'link';
  readonly id: number;
  readonly type: number;
  readonly attachType: number;
  readonly layer: Layer;
  program: ProgramObject;
  /** Null once the link is defunct. */
  target: LinkTarget | null;
  /** False while LINK_CREATE is under way; looking the link up by id is EAGAIN then (spec 2.1). */
  announced: boolean;
  references: number;
}
