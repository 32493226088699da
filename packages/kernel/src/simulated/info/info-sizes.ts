import { info } from '../../abi/info.js';
import type { KernelObject } from '../objects/kernel-object.js';

/** Bytes of the structure of info: those that are written, and those that may be non-zero on the way in (spec 15.5 #4). */
export interface InfoSizes {
  readonly size: number;
  readonly known: number;
}

const byKind: Readonly<Partial<Record<KernelObject['kind'], InfoSizes>>> = {
  program: { size: info.program.size, known: 228 },
  map: { size: info.map.size, known: 100 },
  btf: { size: info.btf.size, known: info.btf.size },
  link: { size: info.link.size, known: info.link.size },
};

/** The sizes for an object; undefined for what has no info. */
export function infoSizes(object: KernelObject): InfoSizes | undefined {
  return byKind[object.kind];
}
