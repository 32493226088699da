import type { PacketFate } from '../laboratory.js';
import type { Direction } from './objects/device.js';

/** A packet on its way through a hook. Programs may change `data` and prepare a redirect. */
export interface Packet {
  data: Uint8Array;
  /** Interface number that a program prepared for a redirect (spec 8.6). */
  redirectTo?: number;
}

/** A packet of zeros that is as long as the shortest frame, with room for a checksum. */
export function freshPacket(): Packet {
  return { data: new Uint8Array(64) };
}

/** What a program does with a packet; the result is taken as a signed 32-bit verdict (spec 8.6). */
export type Behaviour = (packet: Packet) => number;

/** Classic tc filters of one side of a device, seen from outside: what they do with a packet. */
export type ClassicFilter = (packet: Packet) => PacketFate;

/** What became of a packet. */
export interface PacketResult {
  readonly fate: PacketFate | 'redirected';
  readonly direction: Direction;
  /** Ids of the programs that ran, in order. */
  readonly ran: readonly number[];
  /** Whether it came to the classic filters. */
  readonly classic: boolean;
  /** Set when `fate` is `redirected`. */
  readonly redirectTo: number | null;
}
