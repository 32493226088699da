import type { Call } from '../call.js';
import type { LinkObject, LinkTarget } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';

/** What PROG_ATTACH, PROG_DETACH and LINK_CREATE ask of a layer. */
export interface LayerRequest {
  readonly attachType: number;
  /** Interface number or fd, as the layer understands it. */
  readonly target: number;
  readonly flags: number;
  /** Fd of the program to be replaced; looked at with the flag REPLACE alone. */
  readonly replaceFd: number;
  /** Fd or id of the relative object. */
  readonly relative: number;
  /** 0 for any. */
  readonly expectedRevision: number | bigint;
}

/**
 * A consumer of the engine with rules of its own: tcx, netkit, cgroup.
 *
 * The calls have made their common checks when a layer is asked (spec 7); what returns a number returns 0, an fd or a
 * negated error number.
 */
export interface Layer {
  readonly attachTypes: readonly number[];
  readonly linkType: number;

  attach(call: Call, request: LayerRequest, program: ProgramObject): number;
  /** @param program null where the caller names none */
  detach(call: Call, request: LayerRequest, program: ProgramObject | null): number;
  query(call: Call, attachType: number): number;
  createLink(call: Call, request: LayerRequest, program: ProgramObject): number;
  /** @param old the program that the link must have; null for any */
  updateLink(call: Call, link: LinkObject, program: ProgramObject, old: ProgramObject | null): number;
  /** Takes the link's attachment away and makes it defunct; nothing for one that is. */
  detachLink(link: LinkObject): void;
  /** Gives back what is attached to a device or cgroup that goes; its links become defunct (spec 8.5, 9.4, 10.8). */
  removeTarget(target: LinkTarget): void;
  /** Whether a link that has a target is attached to it, as it says of itself. */
  owns(link: LinkObject): boolean;
  /** Writes the fields of link info that belong to the layer (spec 7.9). */
  describeLink(link: LinkObject, info: DataView): void;
}
