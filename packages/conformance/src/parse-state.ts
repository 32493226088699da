import type { HookState, ListEntry, TraceLayer, TraceState } from './trace.js';
import { traceHooks } from './trace.js';
import type { TraceFields } from './trace-fields.js';

/** Form of an errno name. */
export const errnoForm: RegExp = /^E[A-Z0-9]+$/;

/** Reads field `q` of a line: the state of every hook. */
export function parseState(line: TraceFields, layer: TraceLayer): TraceState {
  const fields = line.object('q');
  const state = Object.fromEntries(
    traceHooks[layer].map((hook) => [hook, parseHookState(fields.object(hook), layer)]),
  );
  fields.finish();
  return state;
}

function parseHookState(fields: TraceFields, layer: TraceLayer): HookState {
  const state = fields.has('err')
    ? { err: fields.text('err', errnoForm, 'the name of an errno') }
    : layer === 'tcx'
      ? { rev: fields.integer('rev'), list: fields.array('list', 'pairs of program and link', readPair) }
      : {
          rev: fields.integer('rev'),
          list: fields.array('list', 'programs', readProgram),
          flags: fields.integer('flags', 0, 0xffff_ffff),
          eff: fields.array('eff', 'programs', readProgram),
        };
  fields.finish();
  return state;
}

/** A program of a list, or undefined for what is none. */
export function readProgram(value: unknown): string | undefined {
  return typeof value === 'string' && /^(p\d+|x0)$/.test(value) ? value : undefined;
}

/** A link of a list or null, or undefined for what is neither. */
export function readLink(value: unknown): string | null | undefined {
  if (value === null) return null;
  return typeof value === 'string' && /^l\d+$/.test(value) ? value : undefined;
}

function readPair(value: unknown): ListEntry | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const program = readProgram(value[0]);
  const link = readLink(value[1]);
  return program === undefined || link === undefined ? undefined : [program, link];
}
