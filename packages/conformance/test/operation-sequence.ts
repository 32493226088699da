import fc from 'fast-check';
import {
  type Handle,
  type TraceFlag,
  type TraceLayer,
  type TraceOperation,
  type TraceRelative,
  type TraceRevision,
  traceFlag,
  traceHooks,
} from '../src/trace.js';

const LINKS = 4;

/**
 * Sequences of operations over programs `p0` …, the last eight more often, and a few links, wrong handles and flags
 * among them. What depends on the state is left open: names of created links, revisions other than 0.
 */
export function operationSequence(
  programs: number,
  layer: TraceLayer = 'tcx',
): fc.Arbitrary<TraceOperation[]> {
  return fc.array(operationOf(programs, layer), { minLength: 1, maxLength: 100, size: 'max' });
}

function operationOf(programs: number, layer: TraceLayer): fc.Arbitrary<TraceOperation> {
  const program = fc
    .oneof(fc.nat(programs - 1), fc.integer({ min: Math.max(0, programs - 8), max: programs - 1 }))
    .map((i): Handle => `p${i}`);
  const link = fc.nat(LINKS - 1).map((i): Handle => `l${i}`);
  const wrong = fc.constantFrom<Handle>('x0', 'bogus', 'file');
  const anyProgram = often(program, wrong);
  const orNone = often(program, fc.option(wrong, { freq: 2 }));
  const [first] = traceHooks[layer] as [string];
  const on = often(fc.constant(first), fc.constantFrom(...traceHooks[layer]));
  const placement = { on, rev: fc.constantFrom(...revisions) };
  const directed = directions(program, link);
  const shared = layer === 'cgroup' ? withModes(directed) : directed;
  // A cgroup detaches without directions.
  const undirected: typeof directed = fc.constant({ flags: [], rel: null });

  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.record({ ...placement, prog: anyProgram, replace: orNone }), shared)
        .map(([fields, direction]) => ({ op: 'attach' as const, ...fields, ...direction })),
    },
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.record({ ...placement, prog: fc.oneof(orNone, fc.constant(null)) }),
          layer === 'cgroup' ? often(undirected, directed) : directed,
        )
        .map(([fields, direction]) => ({ op: 'detach' as const, ...fields, ...direction })),
    },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.record({ ...placement, prog: anyProgram, as: fc.constant('l0') }), directed)
        .map(([fields, direction]) => ({ op: 'link_create' as const, ...fields, ...direction })),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('link_update' as const),
        link: often(link, fc.constantFrom<Handle>('p0', 'bogus', 'file')),
        prog: often(program, fc.oneof(wrong, link)),
        flags: fc.constantFrom<TraceFlag[]>([], [], ['REPLACE'], ['REPLACE'], ['BEFORE'], ['UNKNOWN_7']),
        old: fc.oneof(fc.constant(null), orNone),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constantFrom('link_detach' as const, 'link_info' as const),
        link: often(link, fc.constantFrom<Handle>('p0', 'bogus', 'file')),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constantFrom('link_open' as const, 'link_close' as const),
        link: often(link, fc.constant<Handle>('bogus')),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('query' as const),
        on,
        count: fc.nat(70).map((n) => (n < 40 ? n % 6 : n)),
        ids: often(fc.constant(true), fc.constant(false)),
        queryFlags: fc.constantFrom(0, 0, 0, 1, 2),
        attachFlags: fc.constantFrom(0, 0, 0, 1),
        progFlags: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('clsact' as const), present: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: often(
        fc.constant<TraceOperation>({ op: 'link_info', link: 'l0' }),
        fc.constant<TraceOperation>({ op: 'target_remove' }),
      ),
    },
  );
}

/** Flags of PROG_ATTACH on a cgroup: mostly many programs that share, preordered or not. */
function withModes(directed: fc.Arbitrary<Directions>): fc.Arbitrary<Directions> {
  const modes = often(
    fc.constantFrom<TraceFlag[]>(['ALLOW_MULTI'], ['ALLOW_MULTI'], ['ALLOW_MULTI', 'PREORDER']),
    fc.constantFrom<TraceFlag[]>([], ['ALLOW_OVERRIDE'], ['ALLOW_OVERRIDE', 'ALLOW_MULTI']),
  );
  return fc.tuple(modes, directed).map(([mode, { flags, rel }]) => ({
    flags: [...new Set([...mode, ...flags])],
    rel,
  }));
}

const revisions: readonly TraceRevision[] = [
  { mode: '0', value: 0 },
  { mode: '0', value: 0 },
  { mode: '0', value: 0 },
  { mode: 'exact', value: 0 },
  { mode: 'exact', value: 0 },
  { mode: 'stale', value: 0 },
];

function often<Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

interface Directions {
  readonly flags: TraceFlag[];
  readonly rel: TraceRelative | null;
}

/** Flags and the relative object that they go with; an id goes with ID alone, and LINK then says which kind it is of. */
function directions(program: fc.Arbitrary<Handle>, link: fc.Arbitrary<Handle>): fc.Arbitrary<Directions> {
  const basic = fc.constantFrom<TraceFlag[]>(
    [],
    [],
    ['BEFORE'],
    ['AFTER'],
    ['BEFORE'],
    ['AFTER'],
    ['BEFORE', 'AFTER'],
  );
  const more = often(
    fc.constantFrom<TraceFlag[]>([], [], [], ['REPLACE']),
    fc.constantFrom(...(Object.keys(traceFlag) as TraceFlag[])).map((name) => [name]),
  );
  const byFd = fc.oneof<fc.Arbitrary<TraceRelative>[]>(
    program.map((ref) => ({ kind: 'prog', by: 'fd', ref })),
    link.map((ref) => ({ kind: 'link', by: 'fd', ref })),
    fc.constantFrom<TraceRelative>(
      { kind: 'none', by: 'fd' },
      { kind: 'bogus', by: 'fd' },
      { kind: 'file', by: 'fd' },
      { kind: 'prog', by: 'fd', ref: 'x0' },
    ),
  );
  const programById = often<TraceRelative>(
    program.map((ref) => ({ kind: 'prog', by: 'id', ref })),
    fc.constantFrom<TraceRelative>(
      { kind: 'none', by: 'id' },
      { kind: 'bogus', by: 'id', what: 'prog' },
      { kind: 'prog', by: 'id', ref: 'x0' },
    ),
  );
  const linkById = often<TraceRelative>(
    link.map((ref) => ({ kind: 'link', by: 'id', ref })),
    fc.constantFrom<TraceRelative>({ kind: 'none', by: 'id' }, { kind: 'bogus', by: 'id', what: 'link' }),
  );
  const rel = fc.oneof<fc.WeightedArbitrary<readonly [TraceFlag[], TraceRelative | null]>[]>(
    { weight: 4, arbitrary: fc.constant([[], null]) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom<TraceFlag[]>([], [], ['LINK']), byFd) },
    { weight: 1, arbitrary: fc.tuple(fc.constant<TraceFlag[]>(['ID']), programById) },
    { weight: 1, arbitrary: fc.tuple(fc.constant<TraceFlag[]>(['LINK', 'ID']), linkById) },
  );
  return fc.tuple(basic, more, rel).map(([direction, extra, [kind, object]]) => {
    const toggles = extra.includes('ID') || extra.includes('LINK') ? [] : extra;
    return {
      flags: [...direction, ...toggles, ...kind].filter((name, i, all) => all.indexOf(name) === i),
      rel: object,
    };
  });
}
