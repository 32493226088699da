import { MprogError } from '@mprog/core';
import type { LoadedObject, LoadOptions, ObjectLoader, ObjectProgram } from '../../object-loader.js';
import type { SimulatedProcess } from '../simulated-process.js';

/** placeholder until the ELF reader stands in the next commit */
export class SimulatedObjectLoader implements ObjectLoader {
  constructor(_process: SimulatedProcess) {}
  inspect(_bytes: Uint8Array, name: string): readonly ObjectProgram[] {
    throw new MprogError('EOPNOTSUPP', `inspect ${name}: not supported`);
  }
  load(_bytes: Uint8Array, options: LoadOptions): LoadedObject {
    throw new MprogError('EOPNOTSUPP', `load ${options.name}: not supported`);
  }
}
