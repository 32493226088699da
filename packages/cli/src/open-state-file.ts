import { MprogError } from '@mprog/core';
import {
  openSimulatedFile,
  type SimulatedFileOptions,
  type SimulatedProcess,
} from '@mprog/kernel/simulated-file';

/** Opens the simulated host of a state file; where there is none, the error says how to make one. */
export function openStateFile(file: string, options: SimulatedFileOptions = {}): SimulatedProcess {
  try {
    return openSimulatedFile(file, options);
  } catch (error) {
    if (!MprogError.is(error) || !/; make one first$/.test(error.message)) throw error;
    throw new MprogError(
      error.code,
      `${error.message}: mprog --kernel simulated:${file} simulate device add eth0`,
      { cause: error, data: error.data },
    );
  }
}
