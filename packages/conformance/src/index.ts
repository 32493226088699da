export { CgroupSubject } from './cgroup-subject.js';
export { CgroupWatcher } from './cgroup-watcher.js';
export { describeOperation } from './describe-operation.js';
export type { Divergence, Pair, SequenceResult, SubjectMaker } from './differential.js';
export { compareSequence, describeDivergence, shrinkDivergence } from './differential.js';
export { formatTrace, requireWritableTrace, writeTraceFile } from './format-trace.js';
export type { FuzzFinding, FuzzOptions, FuzzProgress, FuzzResult, FuzzSummary, FuzzTarget } from './fuzz.js';
export { fuzz, fuzzPassed, reportFuzz } from './fuzz.js';
export type { Difference, Mismatch } from './mismatch.js';
export { describeMismatch } from './mismatch.js';
export { openSubject } from './open-subject.js';
export { parseTrace } from './parse-trace.js';
export { RawTarget } from './raw/raw-target.js';
export { readTrace, readTraceFile } from './read-trace.js';
export { Recorder, recordTrace } from './record.js';
export type { ReplayResult } from './replay.js';
export { replay, replayOn } from './replay.js';
export type { ReplayFailure, ReplayFilesOptions, ReplayProgress, ReplaySummary } from './replay-files.js';
export { replayFiles, replayPassed } from './replay-files.js';
export { reportReplay } from './report.js';
export type { SequenceOptions } from './sequence-plan.js';
export { SequencePlan } from './sequence-plan.js';
export type { SequenceTargetOptions } from './sequence-target.js';
export { SequenceTarget } from './sequence-target.js';
export { locateTrace, shippedTraces } from './shipped-traces.js';
export { shrink } from './shrink.js';
export { TcxSubject } from './tcx-subject.js';
export type {
  Handle,
  HookState,
  LinkState,
  ListEntry,
  Observation,
  QueryOutput,
  Trace,
  TraceFlag,
  TraceHeader,
  TraceLayer,
  TraceOperation,
  TraceRelative,
  TraceRevision,
  TraceState,
  TraceStep,
} from './trace.js';
export type { TraceSubject } from './trace-subject.js';
