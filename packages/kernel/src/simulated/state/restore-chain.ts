import { Chain, DEFAULT_CAPACITY, MprogError } from '@mprog/core';
import { programType } from '../../abi/program-type.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import type { StateReader } from './state-reader.js';

/** Restores a chain, which then holds the programs that are attached directly; its links come later. */
export function readChain(kernel: SimulatedKernel, item: StateReader): Chain {
  if (item.field('capacity').integer() !== DEFAULT_CAPACITY) throw item.refuse('has another capacity');
  const chain = restoreChain(item);
  for (let i = 0; i < chain.count; i++) {
    const program = kernel.programs.get(chain.programAt(i));
    if (program === undefined)
      throw item.refuse(`names the program ${chain.programAt(i)}, which is not there`);
    if (program.type !== programType.SCHED_CLS)
      throw item.refuse(`has the program ${program.id} of another type`);
    if (chain.linkAt(i) === 0) kernel.acquire(program);
  }
  return chain;
}

function restoreChain(item: StateReader): Chain {
  try {
    return Chain.restore(item.raw() as Parameters<typeof Chain.restore>[0]);
  } catch (error) {
    if (MprogError.is(error)) throw item.refuse(`is no chain: ${error.message}`);
    throw error;
  }
}
