import type { Laboratory } from '@mprog/kernel';
import { CgroupSubject } from './cgroup-subject.js';
import type { KernelSubject } from './kernel-subject.js';
import { TcxSubject } from './tcx-subject.js';
import type { TraceLayer } from './trace.js';

/**
 * Makes what the operations of a layer's traces are done to.
 *
 * @param programs number of programs `p0` …
 */
export function openSubject(layer: TraceLayer, laboratory: Laboratory, programs: number): KernelSubject {
  return layer === 'tcx' ? new TcxSubject(laboratory, programs) : new CgroupSubject(laboratory, programs);
}
