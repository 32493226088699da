import { type PlanView, planOperation } from './plan-operation.js';
import { Random } from './random.js';
import {
  type Handle,
  type Observation,
  type TraceLayer,
  type TraceOperation,
  type TraceState,
  traceHooks,
} from './trace.js';

/** Programs of a sequence: more than a hook has room for. */
const PROGRAMS = 72;
/** Programs of a sequence in which operations meet each other's objects. */
const FEW_PROGRAMS = 8;
/** Share of sequences, of ten, that begin by filling a hook. */
const FILLING = 2;
/** Fewer operations than this leave nothing to do on a hook that was filled. */
const ENOUGH_TO_FILL = 90;
const FILLED = 63;

/** What makes a random sequence: its inputs are a function of this and of what the kernel answers. */
export interface SequenceOptions {
  readonly layer: TraceLayer;
  /** 0 to 2^53 - 1. */
  readonly seed: number;
  /** Operations before the tail in which the target goes. */
  readonly ops: number;
}

/**
 * A random sequence of operations, each planned from the state that the one before led to, and closed by a short tail in
 * which the target is removed.
 */
export class SequencePlan {
  readonly programs: number;
  readonly #options: SequenceOptions;
  readonly #random: Random;
  readonly #fillOn: string | null;
  readonly #links: Map<Handle, number> = new Map();
  #linkCount = 0;
  #clsact = false;
  #done = 0;

  constructor(options: SequenceOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const kind = this.#random.below(10);
    const fills = kind < FILLING && options.ops >= ENOUGH_TO_FILL;
    this.#fillOn = fills ? this.#random.pick(traceHooks[options.layer]) : null;
    this.programs = fills || kind < 7 ? PROGRAMS : FEW_PROGRAMS;
  }

  /** The next operation; null after the last. */
  next(state: TraceState): TraceOperation | null {
    const { layer, ops } = this.#options;
    const at = this.#done++;
    const nextLink = `l${this.#linkCount}`;
    if (at >= ops) return this.#tail(at - ops);
    const filled = this.#fillOn === null || at >= FILLED ? null : this.#fill(at, this.#fillOn, nextLink);
    const view: PlanView = {
      layer,
      programs: this.programs,
      state,
      links: this.#links,
      nextLink,
      clsact: this.#clsact,
    };
    const operation = filled ?? planOperation(this.#random, view);
    if (operation.op === 'link_create') this.#linkCount++;
    return operation;
  }

  /** Notes what an operation led to. */
  observe(operation: TraceOperation, { res }: Observation): void {
    if (res !== 'ok') return;
    const change = (link: Handle, by: number) => this.#links.set(link, (this.#links.get(link) ?? 0) + by);
    if (operation.op === 'link_create') change(operation.as, 1);
    else if (operation.op === 'link_open') change(operation.link, 1);
    else if (operation.op === 'link_close') change(operation.link, -1);
    else if (operation.op === 'clsact') this.#clsact = operation.present;
  }

  #fill(at: number, on: string, as: Handle): TraceOperation {
    const placed = { on, rel: null, rev: { mode: '0', value: 0 } } as const;
    const prog = `p${at}`;
    if (at % 5 === 0) return { op: 'link_create', ...placed, prog, flags: [], as };
    const flags = this.#options.layer === 'cgroup' ? (['ALLOW_MULTI'] as const) : [];
    return { op: 'attach', ...placed, prog, flags, replace: null };
  }

  /** What may still be done when the target has gone. */
  #tail(at: number): TraceOperation | null {
    const [on] = traceHooks[this.#options.layer] as [string];
    const placed = { on, prog: 'p0', flags: [], rel: null, rev: { mode: '0', value: 0 } } as const;
    const open = [...this.#links].filter(([, fds]) => fds > 0).map(([name]) => name);
    const link = open.at(-1) ?? 'bogus';
    const tail: readonly TraceOperation[] = [
      { op: 'target_remove' },
      { op: 'link_info', link },
      { op: 'attach', ...placed, replace: null },
      { op: 'detach', ...placed },
      { op: 'link_update', link, prog: 'p1', flags: [], old: null },
      { op: 'link_detach', link },
      {
        op: 'query',
        on,
        count: 4,
        ids: true,
        queryFlags: 0,
        attachFlags: 0,
        progFlags: false,
      },
    ];
    return tail[at] ?? null;
  }
}
