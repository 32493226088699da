import type { Observation, TraceOperation, TraceState } from './trace.js';

/** Whatever the operations of a trace can be done to: a kernel, or a model of one. */
export interface TraceSubject {
  /** State of every hook. */
  state(): TraceState;
  /** Does one operation; what the subject refuses is an observation, not an error. */
  perform(operation: TraceOperation): Observation;
}
