import type { Random } from './random.js';
import {
  type Handle,
  type HookState,
  type TraceFlag,
  type TraceLayer,
  type TraceOperation,
  type TraceRelative,
  type TraceRevision,
  type TraceState,
  traceFlag,
  traceHooks,
} from './trace.js';

/** What a plan of the next operation looks at. */
export interface PlanView {
  readonly layer: TraceLayer;
  /** Number of programs `p0` …. */
  readonly programs: number;
  readonly state: TraceState;
  /** Links that were created, with the number of their open fds. */
  readonly links: ReadonlyMap<Handle, number>;
  /** Name of the link that is created next. */
  readonly nextLink: Handle;
  /** Whether the device has clsact. */
  readonly clsact: boolean;
}

type Draft = (random: Random, view: PlanView) => TraceOperation;

/** One random operation that fits the state more often than not. */
export function planOperation(random: Random, view: PlanView): TraceOperation {
  return random.weighted(drafts[view.layer])(random, view);
}

const attach: Draft = (random, view) => {
  const on = anyHook(random, view);
  const mode = modeFlags(random, view, on);
  const replacing = random.percent(18);
  const flags = placementFlags(random, replacing ? 25 : 60);
  if (replacing) flags.unshift('REPLACE');
  const { more, rel } = relative(random, view, on, flags);
  return {
    op: 'attach',
    on,
    prog: random.percent(80) ? absentProgram(random, view, on) : anyProgram(random, view),
    flags: unique([...mode, ...flags, ...more, ...oddFlag(random)]),
    replace: replacing || random.percent(2) ? presentProgram(random, view, on) : null,
    rel,
    rev: revision(random, view.state[on]),
  };
};

const detach: Draft = (random, view) => {
  const on = anyHook(random, view);
  const flags = placementFlags(random, view.layer === 'tcx' ? 45 : 4);
  const isPlaced = view.layer === 'tcx' || random.percent(4);
  const { more, rel } = isPlaced ? relative(random, view, on, flags) : { more: [], rel: null };
  return {
    op: 'detach',
    on,
    prog: random.percent(30) ? null : presentProgram(random, view, on),
    flags: unique([...flags, ...more, ...(random.percent(3) ? oddFlag(random) : [])]),
    rel,
    rev: revision(random, view.state[on]),
  };
};

const createLink: Draft = (random, view) => {
  const on = anyHook(random, view);
  const flags = placementFlags(random, 55);
  const { more, rel } = relative(random, view, on, flags);
  const preorder: TraceFlag[] = view.layer === 'cgroup' && random.percent(8) ? ['PREORDER'] : [];
  return {
    op: 'link_create',
    on,
    prog: random.percent(80) ? absentProgram(random, view, on) : anyProgram(random, view),
    flags: unique([...preorder, ...flags, ...more, ...oddFlag(random)]),
    rel,
    rev: revision(random, view.state[on]),
    as: view.nextLink,
  };
};

const updateLink: Draft = (random, view) => {
  const replacing = random.percent(30);
  const on = anyHook(random, view);
  return {
    op: 'link_update',
    link: anyLink(random, view),
    prog: random.percent(80) ? absentProgram(random, view, on) : presentProgram(random, view, on),
    flags: random.percent(5) ? ['BEFORE'] : replacing ? ['REPLACE'] : [],
    old: replacing || random.percent(4) ? presentProgram(random, view, on) : null,
  };
};

const query: Draft = (random, view) => ({
  op: 'query',
  on: anyHook(random, view),
  count: random.weighted([
    [3, 64],
    [3, random.below(8)],
    [1, 0],
    [1, 1000],
  ]),
  ids: random.percent(88),
  queryFlags: random.weighted([
    [8, 0],
    [view.layer === 'cgroup' ? 6 : 1, 1],
    [1, 2],
  ]),
  attachFlags: random.percent(10) ? 1 : 0,
  progFlags: random.percent(40),
});

const ofLink =
  (op: 'link_detach' | 'link_info'): Draft =>
  (random, view) => ({ op, link: anyLink(random, view) });

const ofLinkFd =
  (op: 'link_open' | 'link_close'): Draft =>
  (random, view) => {
    const link = anyLink(random, view);
    return { op, link: link.startsWith('l') ? link : 'bogus' };
  };

const clsact: Draft = (_random, view) => ({ op: 'clsact', present: !view.clsact });

const common = [
  [31, attach],
  [18, detach],
  [15, createLink],
  [11, updateLink],
  [7, query],
  [5, ofLink('link_detach')],
  [5, ofLink('link_info')],
  [3, ofLinkFd('link_open')],
  [4, ofLinkFd('link_close')],
] as const;

const drafts: Readonly<Record<TraceLayer, readonly (readonly [number, Draft])[]>> = {
  tcx: [...common, [1, clsact]],
  cgroup: common,
};

function anyHook(random: Random, { layer }: PlanView): string {
  const [first, second] = traceHooks[layer] as [string, string];
  return random.percent(65) ? first : second;
}

function programsOn(state: HookState | undefined): readonly string[] {
  if (state === undefined || 'err' in state) return [];
  return state.list.map((entry) => (typeof entry === 'string' ? entry : entry[0]));
}

function linksOn(state: HookState | undefined): readonly string[] {
  if (state === undefined || 'err' in state) return [];
  return state.list.flatMap((entry) => (typeof entry === 'string' || entry[1] === null ? [] : [entry[1]]));
}

/** A program that is not on a hook, as far as twelve attempts find one. */
function absentProgram(random: Random, { state, programs }: PlanView, on: string): Handle {
  const present = programsOn(state[on]);
  for (let attempt = 0; attempt < 12; attempt++) {
    const name = `p${random.below(programs)}`;
    if (!present.includes(name)) return name;
  }
  return 'p0';
}

function presentProgram(random: Random, view: PlanView, on: string): Handle {
  const present = programsOn(view.state[on]);
  return present.length > 0 && random.percent(85) ? random.pick(present) : anyProgram(random, view);
}

function anyProgram(random: Random, view: PlanView): Handle {
  return random.weighted<() => Handle>([
    [12, () => `p${random.below(view.programs)}`],
    [2, () => 'x0'],
    [1, () => 'bogus'],
    [1, () => 'file'],
    [1, () => anyLink(random, view)],
  ])();
}

/** A link, an open one more often than not; also what is none. */
function anyLink(random: Random, { links, programs }: PlanView): Handle {
  const names = [...links.keys()];
  const open = names.filter((name) => links.get(name) !== 0);
  if (open.length > 0 && random.percent(85)) return random.pick(open);
  if (names.length > 0 && random.percent(60)) return random.pick(names);
  return random.pick(['bogus', 'file', `p${random.below(programs)}`]);
}

/** Mode flags of an attach to a cgroup, mostly those that its list has. */
function modeFlags(random: Random, { layer, state }: PlanView, on: string): TraceFlag[] {
  if (layer === 'tcx') return [];
  const hook = state[on];
  const current = hook === undefined || 'err' in hook || hook.list.length === 0 ? null : (hook.flags ?? 0);
  const usual: TraceFlag[] = current === 0 ? [] : current === 1 ? ['ALLOW_OVERRIDE'] : ['ALLOW_MULTI'];
  const mode = random.weighted<TraceFlag[]>([
    [current === null ? 10 : 30, usual],
    [1, []],
    [1, ['ALLOW_OVERRIDE']],
    [1, ['ALLOW_MULTI', 'ALLOW_OVERRIDE']],
  ]);
  return random.percent(8) ? [...mode, 'PREORDER'] : [...mode];
}

function placementFlags(random: Random, chance: number): TraceFlag[] {
  if (!random.percent(chance)) return [];
  return [
    ...random.weighted<TraceFlag[]>([
      [12, ['BEFORE']],
      [12, ['AFTER']],
      [1, ['BEFORE', 'AFTER']],
    ]),
  ];
}

function oddFlag(random: Random): TraceFlag[] {
  return random.percent(7) ? [random.pick(Object.keys(traceFlag) as TraceFlag[])] : [];
}

/** An object to stand beside and the flags that name it so; by id, LINK always says which kind it is of. */
function relative(
  random: Random,
  view: PlanView,
  on: string,
  placed: readonly TraceFlag[],
): { readonly more: readonly TraceFlag[]; readonly rel: TraceRelative | null } {
  if (!random.percent(placed.length > 0 ? 60 : 5)) return { more: [], rel: null };
  const byId = random.percent(35);
  const owners = linksOn(view.state[on]);
  const asLink = random.percent(view.layer === 'tcx' ? 30 : 25) && (owners.length > 0 || view.links.size > 0);
  if (byId) return asLink ? linkById(random, view, owners) : programById(random, view, on);
  const rel = random.weighted<() => TraceRelative>([
    [11, () => (asLink ? linkByFd(random, view, owners) : programByFd(random, view, on))],
    [1, () => ({ kind: 'bogus', by: 'fd' })],
    [1, () => ({ kind: 'file', by: 'fd' })],
    [1, () => ({ kind: 'none', by: 'fd' })],
    [1, () => ({ kind: 'prog', by: 'fd', ref: 'x0' })],
  ])();
  const isLink = rel.kind === 'link' ? !random.percent(8) : random.percent(4);
  return { more: isLink ? ['LINK'] : [], rel };
}

function programByFd(random: Random, view: PlanView, on: string): TraceRelative {
  return { kind: 'prog', by: 'fd', ref: programOnly(random, view, on) };
}

function linkByFd(random: Random, view: PlanView, owners: readonly string[]): TraceRelative {
  return { kind: 'link', by: 'fd', ref: linkOnly(random, view, owners) };
}

function programById(random: Random, view: PlanView, on: string) {
  const rel = random.weighted<TraceRelative>([
    [14, { kind: 'prog', by: 'id', ref: programOnly(random, view, on) }],
    [1, { kind: 'bogus', by: 'id', what: 'prog' }],
    [1, { kind: 'none', by: 'id' }],
    [1, { kind: 'prog', by: 'id', ref: 'x0' }],
  ]);
  return { more: ['ID'] as const, rel };
}

function linkById(random: Random, view: PlanView, owners: readonly string[]) {
  const rel = random.weighted<TraceRelative>([
    [14, { kind: 'link', by: 'id', ref: linkOnly(random, view, owners) }],
    [1, { kind: 'bogus', by: 'id', what: 'link' }],
    [1, { kind: 'none', by: 'id' }],
  ]);
  return { more: ['LINK', 'ID'] as const, rel };
}

function programOnly(random: Random, view: PlanView, on: string): Handle {
  const name = presentProgram(random, view, on);
  return name.startsWith('p') ? name : `p${random.below(view.programs)}`;
}

function linkOnly(random: Random, view: PlanView, owners: readonly string[]): Handle {
  if (owners.length > 0 && random.percent(75)) return random.pick(owners);
  const names = [...view.links.keys()];
  return names.length > 0 ? random.pick(names) : view.nextLink;
}

function revision(random: Random, state: HookState | undefined): TraceRevision {
  const current = state === undefined || 'err' in state ? 1 : state.rev;
  return random.weighted<() => TraceRevision>([
    [65, () => ({ mode: '0', value: 0 })],
    [27, () => ({ mode: 'exact', value: current })],
    [9, () => ({ mode: 'stale', value: current + 1 + random.below(3) })],
    [2, () => ({ mode: 'stale', value: current + 2 ** 32 })],
  ])();
}

function unique(flags: readonly TraceFlag[]): TraceFlag[] {
  return [...new Set(flags)];
}
