import { verdict } from '../../abi/verdict.js';
import type { Packet } from '../packet.js';
import type { Runtime } from './runtime.js';

/** What became of a walk through a chain. */
export interface ChainRun {
  /** Ids of the programs that ran, in order. */
  readonly ran: readonly number[];
  /** What the last of them returned; NEXT when none ran. */
  readonly value: number;
}

/** Runs programs in order until one returns something else than NEXT (spec 8.6, 9.5). */
export function runChain(runtime: Runtime, programs: readonly number[], packet: Packet): ChainRun {
  const ran: number[] = [];
  let value: number = verdict.NEXT;
  for (const id of programs) {
    ran.push(id);
    value = runtime.runProgram(id, packet);
    if (value !== verdict.NEXT) break;
  }
  return { ran, value };
}
