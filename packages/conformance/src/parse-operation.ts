import { parseState, readLink, readProgram } from './parse-state.js';
import type {
  Handle,
  LinkState,
  QueryOutput,
  TraceFlag,
  TraceHeader,
  TraceOperation,
  TraceRelative,
  TraceRevision,
  TraceStep,
} from './trace.js';
import { traceFlag, traceHooks } from './trace.js';
import type { TraceFields } from './trace-fields.js';

const operations = [
  'attach',
  'detach',
  'link_create',
  'link_update',
  'link_detach',
  'link_open',
  'link_close',
  'link_info',
  'query',
  'clsact',
  'target_remove',
] as const;

/** Reads one line of a trace after its header. */
export function parseStep(fields: TraceFields, index: number, header: TraceHeader): TraceStep {
  fields.integer('i', index, index);
  const operation = parseOperation(fields, header);
  const res = fields.text('res', /^ok$|^E[A-Z0-9]+$/, 'ok or the name of an errno');
  const extra: { out?: QueryOutput; info?: LinkState } = {};
  if (operation.op === 'query' && (res === 'ok' || res === 'ENOSPC')) {
    extra.out = parseOutput(fields.object('out'), header);
  }
  if (operation.op === 'link_info' && operation.link.startsWith('l') && res === 'ok') {
    extra.info = parseInfo(fields.object('info'));
  }
  const q = parseState(fields, header.trace);
  fields.finish();
  return { operation, observation: { res, ...extra, q } };
}

function parseOperation(fields: TraceFields, header: TraceHeader): TraceOperation {
  const op = fields.word('op', operations);
  switch (op) {
    case 'attach':
      return {
        op,
        ...placed(fields, header),
        prog: handleOrNull(fields, 'prog', header),
        replace: handleOrNull(fields, 'replace', header),
      };
    case 'detach':
      return { op, ...placed(fields, header), prog: handleOrNull(fields, 'prog', header) };
    case 'link_create':
      return {
        op,
        ...placed(fields, header),
        prog: handleOrNull(fields, 'prog', header),
        as: fields.text('as', /^l\d+$/, 'a link handle'),
      };
    case 'link_update':
      return {
        op,
        link: handle(fields, 'link', header),
        prog: handleOrNull(fields, 'prog', header),
        flags: flags(fields),
        old: handleOrNull(fields, 'old', header),
      };
    case 'link_detach':
    case 'link_info':
      return { op, link: handle(fields, 'link', header) };
    case 'link_open':
    case 'link_close':
      return { op, link: fields.text('link', /^(l\d+|bogus)$/, 'a link handle or bogus') };
    case 'query':
      return {
        op,
        on: fields.word('on', traceHooks[header.trace]),
        count: fields.integer('count', 0, 0xffff_ffff),
        ids: fields.boolean('ids'),
        queryFlags: fields.integer('queryFlags', 0, 0xffff_ffff),
        attachFlags: fields.integer('attachFlags', 0, 0xffff_ffff),
        progFlags: fields.boolean('progFlags'),
      };
    case 'clsact':
      if (header.trace !== 'tcx') throw fields.refuse('op', 'an operation of cgroup traces');
      return { op, present: fields.boolean('present') };
    case 'target_remove':
      return { op };
  }
}

function placed(fields: TraceFields, header: TraceHeader) {
  return {
    on: fields.word('on', traceHooks[header.trace]),
    flags: flags(fields),
    rel: relative(fields, header),
    rev: revision(fields.object('rev')),
  };
}

function flags(fields: TraceFields): TraceFlag[] {
  return fields.array('flags', 'names of flags', (value) =>
    typeof value === 'string' && Object.hasOwn(traceFlag, value) ? (value as TraceFlag) : undefined,
  );
}

function revision(fields: TraceFields): TraceRevision {
  const result = { mode: fields.word('mode', ['0', 'exact', 'stale']), value: fields.integer('value') };
  fields.finish();
  return result;
}

function relative(line: TraceFields, header: TraceHeader): TraceRelative | null {
  if (line.value('rel') === null) return null;
  const fields = line.object('rel');
  const result = namedRelative(fields, header);
  fields.finish();
  return result;
}

function namedRelative(fields: TraceFields, header: TraceHeader): TraceRelative {
  const kind = fields.word('kind', ['none', 'prog', 'link', 'bogus', 'file']);
  if (kind === 'file') return { kind, by: fields.word('by', ['fd']) };
  const by = fields.word('by', ['fd', 'id']);
  if (kind === 'none') return { kind, by };
  if (kind === 'bogus')
    return by === 'fd' ? { kind, by } : { kind, by, what: fields.word('what', ['prog', 'link']) };
  const ref = handle(fields, 'ref', header);
  const wanted = kind === 'prog' ? /^[px]/ : /^l/;
  if (!wanted.test(ref)) throw fields.refuse('ref', `a ${kind === 'prog' ? 'program' : 'link'} handle`);
  return { kind, by, ref };
}

function handle(fields: TraceFields, name: string, header: TraceHeader): Handle {
  const value = fields.text(name, /^([pl]\d+|x0|bogus|file)$/, 'a handle');
  if (value.startsWith('p') && Number(value.slice(1)) >= header.progs) {
    throw fields.refuse(name, `one of p0 to p${header.progs - 1}`);
  }
  return value;
}

function handleOrNull(fields: TraceFields, name: string, header: TraceHeader): Handle | null {
  return fields.value(name) === null ? null : handle(fields, name, header);
}

function parseOutput(fields: TraceFields, header: TraceHeader): QueryOutput {
  const nullable = <Entry>(
    name: string,
    expected: string,
    read: (value: unknown) => Entry | undefined,
  ): Entry[] | null => (fields.value(name) === null ? null : fields.array(name, expected, read));
  const output = {
    count: fields.integer('count', 0, 0xffff_ffff),
    rev: fields.integer('rev'),
    attachFlags: fields.integer('attachFlags', 0, 0xffff_ffff),
    ids: nullable('ids', 'programs', readProgram),
    progFlags: nullable('progFlags', 'numbers', (value) =>
      Number.isSafeInteger(value) ? (value as number) : undefined,
    ),
    ...(header.trace === 'tcx' ? { links: fields.array('links', 'links', readLink) } : {}),
  };
  fields.finish();
  return output;
}

function parseInfo(fields: TraceFields): LinkState {
  const info = {
    prog: fields.text('prog', /^(p\d+|x0)$/, 'a program handle'),
    attached: fields.boolean('attached'),
  };
  fields.finish();
  return info;
}
