import { parseStep } from './parse-operation.js';
import { parseState } from './parse-state.js';
import type { Trace, TraceHeader } from './trace.js';
import { traceError } from './trace-error.js';
import { TraceFields } from './trace-fields.js';

/** More programs than this are no trace but a mistake; the kernel's chains hold 64 at the most. */
const MAX_PROGRAMS = 4096;

/**
 * Reads the text of a trace: one JSON object per line, the header first.
 *
 * @param text whole content of the file
 * @param file what messages call it
 * @throws MprogError `ERR_INVALID_TRACE`, naming file, line and field
 */
export function parseTrace(text: string, file: string): Trace {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [first] = lines;
  if (first === undefined) throw traceError(file, null, 'the file is empty');
  const header = parseHeader(new TraceFields(file, 1, '', parseLine(file, 1, first)));
  const steps = lines
    .slice(1, header.ops + 1)
    .map((line, i) => parseStep(new TraceFields(file, i + 2, '', parseLine(file, i + 2, line)), i, header));
  if (lines.length - 1 !== header.ops) {
    throw traceError(
      file,
      Math.min(lines.length, header.ops + 2),
      `the header says ${header.ops} operations, the file has ${lines.length - 1}`,
    );
  }
  return { file, header, steps };
}

function parseLine(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw traceError(file, line, 'the line is not JSON', { cause });
  }
}

function parseHeader(fields: TraceFields): TraceHeader {
  if (!fields.has('trace')) {
    throw traceError(fields.file, fields.line, 'the line is no header of a trace: trace is missing');
  }
  const trace = fields.word('trace', ['tcx', 'cgroup']);
  fields.integer('version', 1, 1);
  return {
    trace,
    version: 1,
    seed: fields.integer('seed', 0),
    ops: fields.integer('ops'),
    progs: fields.integer('progs', 1, MAX_PROGRAMS),
    kernel: fields.has('kernel') ? fields.text('kernel', /^/, 'text') : null,
    q: parseState(fields, trace),
  };
}
