import { programType } from '../abi/program-type.js';
import { verdict } from '../abi/verdict.js';
import type { ProgramSource } from './programs.js';

/** The kernel's name of every stand-in. */
export const STAND_IN_NAME = 'mprog_stand_in';

/** Verdict of a cgroup program that allows (spec 10.9), the only one that every attach type of the layer takes. */
const ALLOW = 1;
const TAIL_CALL = 12;

/**
 * A program that does nothing but tail-call the first entry of a program array, so that one program can be at two places
 * of a hook for a moment (spec 15.4 f).
 *
 * When the entry is empty it lets the packet go on: NEXT on tcx and netkit, 1 on a cgroup.
 *
 * @param arrayFd program array whose first entry is, or will be, the original
 * @param options type of the original and the attach type that it was loaded for; the array refuses any other
 */
export function standInSource(
  arrayFd: number,
  options: { readonly type: number; readonly expectedAttachType: number },
): ProgramSource {
  const { type, expectedAttachType } = options;
  const missed = type === programType.SCHED_CLS ? verdict.NEXT : ALLOW;
  const instructions = new Uint8Array(6 * 8);
  const view = new DataView(instructions.buffer);
  const write = (index: number, opcode: number, registers: number, immediate: number) => {
    view.setUint8(8 * index, opcode);
    view.setUint8(8 * index + 1, registers);
    view.setInt32(8 * index + 4, immediate, true);
  };
  // r1 is the context from the start.
  write(0, 0x18, 0x12, arrayFd); // r2 = map fd, in two slots
  write(2, 0xb7, 3, 0); // r3 = 0
  write(3, 0x85, 0, TAIL_CALL);
  write(4, 0xb7, 0, missed); // r0 = missed
  write(5, 0x95, 0, 0); // exit
  return { type, expectedAttachType, instructions, name: STAND_IN_NAME };
}
