import { verdict } from '../../abi/verdict.js';
import type { NetkitEnd } from '../objects/netkit-end.js';
import type { Packet } from '../packet.js';
import { runChain } from './run-chain.js';
import type { Runtime } from './runtime.js';

/** What became of a packet that one end of a netkit pair sent. */
export interface NetkitResult {
  readonly fate: 'delivered' | 'dropped' | 'redirected';
  /** Ids of the programs that ran, in order. */
  readonly ran: readonly number[];
  /** Set when `fate` is `redirected`. */
  readonly redirectTo: number | null;
}

/** Sends a packet from one end of a netkit pair to the other (spec 9.5). */
export function runNetkit(runtime: Runtime, end: NetkitEnd, packet: Packet): NetkitResult {
  const programs = end.chain.snapshot();
  if (!end.other.up) return { fate: 'dropped', ran: [], redirectTo: null };
  const { ran, value } = runChain(runtime, programs, packet);
  const passes =
    programs.length === 0 ? end.policy === 'pass' : value === verdict.NEXT || value === verdict.PASS;
  if (passes) return { fate: 'delivered', ran, redirectTo: null };
  const redirectTo = value === verdict.REDIRECT ? packet.redirectTo : undefined;
  return redirectTo === undefined
    ? { fate: 'dropped', ran, redirectTo: null }
    : { fate: 'redirected', ran, redirectTo };
}
