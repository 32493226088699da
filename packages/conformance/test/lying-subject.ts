import type { Laboratory } from '@mprog/kernel';
import type { SubjectMaker } from '../src/differential.js';
import { openSubject } from '../src/open-subject.js';
import type { Observation, TraceOperation } from '../src/trace.js';

/** A subject that answers as a kernel does, but for what a lie makes of it. */
export function lyingSubject(
  laboratory: Laboratory,
  lie: (operation: TraceOperation, answer: Observation) => Observation,
): SubjectMaker {
  return (layer, programs) => {
    const subject = openSubject(layer, laboratory, programs);
    return {
      state: () => subject.state(),
      perform: (operation) => lie(operation, subject.perform(operation)),
      [Symbol.dispose]: () => subject.close(),
    };
  };
}
