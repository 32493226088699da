import type { AnyHandler } from './hook.js';
import { run, runOne, runTwo } from './run.js';
import { TemplatePool } from './template-pool.js';
import type { Call } from './templates.js';

/**
 * How a hook is run, in three tiers.
 *
 * A call costs little where an engine knows what is called: it compiles the handler into its caller. A loop over an array
 * hides that, as all handlers of all hooks are called from one place in the source text, and takes up to 5 times as long
 * as calls written by hand (docs/performance.md). Therefore a hook that has become hot is run by a function whose text
 * belongs to it alone. That text costs 10 to 100 µs to make, so:
 *
 * 1. after a change, and until it was run {@link HOT} times without another one, a hook is run by the loop (`run`);
 * 2. then it is compiled: `h0(a); h1(a); …`, generated for exactly the handlers and the number of arguments at hand (a
 *    single handler needs no text, it is its own compiled form). Runs with another number of arguments go on by the loop;
 *    after twice as many runs by the loop, and so on, it is compiled anew for the number that it then has;
 * 3. where code may not be generated (a content security policy, `--disallow-code-generation-from-strings`, the option
 *    `generateCode: false`), copies of such functions that stand in the source already are filled with the handlers
 *    instead (`template-pool.ts`). A copy takes one argument, and serves one chunk of one hook, once; there are 32 each
 *    for chunks of 16, 4 and 1 handlers. Later chunks share a copy, which is about as fast as the loop, and a sixth
 *    slower for four handlers. Hooks that are run with another number of arguments stay with the loop.
 *
 * All tiers do the same: handlers get exactly the arguments of the run and no `this`, the first verdict ends the run, and
 * what is thrown passes through. A change of the hook drops what was compiled; a run that is under way goes on with the
 * handlers that it began with, as each tier holds its own.
 */
export abstract class TieredRun<Handler extends AnyHandler> {
  readonly #generateCode: boolean;
  #runs = 0;
  #nextCompilation = HOT;
  // The number of arguments that the compiled form is for; -1 while there is none, so that one comparison decides.
  #arity = -1;
  #compiled: Loose = nothing;
  #tier: Tier = 'loop';

  /** @internal */
  constructor(generateCode: boolean) {
    this.#generateCode = generateCode;
  }

  /**
   * Runs the functions in order until one gives a verdict, and returns it; `undefined` when none does.
   *
   * A run walks the functions that were attached when it began: one that attaches or detaches, itself too, changes the
   * next run and not this one. What a function throws reaches the caller and ends the run. A promise counts as a
   * verdict: for asynchronous functions use `runAsync`.
   */
  run(...args: Parameters<Handler>): Verdict<ReturnType<Handler>> | undefined {
    // Spelled out for each number of arguments: an array that is handed on would be allocated for every run.
    if (args.length === this.#arity) {
      const compiled = this.#compiled as (...args: unknown[]) => Verdict<ReturnType<Handler>> | undefined;
      switch (args.length) {
        case 0:
          return compiled();
        case 1:
          return compiled(args[0]);
        case 2:
          return compiled(args[0], args[1]);
        default:
          return compiled(...args);
      }
    }
    const handlers = this.handlers();
    if (++this.#runs === this.#nextCompilation) this.#compile(handlers as readonly Loose[], args.length);
    switch (args.length) {
      case 1:
        return runOne(handlers as never, args[0]);
      case 2:
        return runTwo(handlers as never, args[0], args[1]);
      default:
        return runAny(handlers, ...args);
    }
  }

  /** @internal How the next run is run. */
  get tier(): Tier {
    return this.#tier;
  }

  /** @internal The handlers of a run that begins now, in an array that nobody changes. */
  protected abstract handlers(): readonly ((...args: Parameters<Handler>) => ReturnType<Handler>)[];

  /** @internal To be called with every change. */
  protected changed(): void {
    this.#runs = 0;
    this.#nextCompilation = HOT;
    this.#arity = -1;
    this.#compiled = nothing;
    this.#tier = 'loop';
  }

  #compile(handlers: readonly Loose[], arity: number): void {
    // Twice as late each time, so that calls with numbers of arguments in turn cost little.
    this.#nextCompilation *= 2;
    const [tier, compiled] = compile(handlers, arity, this.#generateCode);
    if (compiled === undefined) return;
    this.#tier = tier;
    this.#compiled = compiled;
    this.#arity = arity;
  }
}

function runAny<Args extends readonly unknown[], Result>(
  handlers: readonly ((...args: Args) => Result)[],
  ...args: Args
): Verdict<Result> | undefined {
  return run(handlers, args);
}

/** After how many runs without a change a hook is compiled. */
export const HOT = 10_000;

/** Longer chains are left to the loop: their text would be large, and take long to make after each change. */
export const LONGEST = 1_024;

/** What `run` returns besides `undefined`. */
export type Verdict<Result> = Exclude<Result, void | undefined>;

/** How a hook is run: by the loop, by its only handler itself, or by one of the compiled forms. */
export type Tier = 'loop' | 'handler' | 'generated' | 'templates';

type Loose = (...args: never[]) => unknown;

// How many calls one generated function has; engines do not optimise functions of any size.
const WIDTH = 64;

const nothing: Loose = () => undefined;
/** @internal */
export const pool: TemplatePool = new TemplatePool();
let mayGenerate = true;
let serial = 0;

function compile(
  handlers: readonly Loose[],
  arity: number,
  generateCode: boolean,
): readonly [Tier, Loose | undefined] {
  if (handlers.length > LONGEST) return ['loop', undefined];
  const [handler] = handlers;
  if (handlers.length === 1 && handler !== undefined) return ['handler', handler];
  if (generateCode && mayGenerate) {
    try {
      return ['generated', generate(handlers, arity)];
    } catch {
      // Forbidden once is forbidden for good, and every attempt may be reported to somebody.
      mayGenerate = false;
    }
  }
  return ['templates', arity === 1 ? pool.fill(handlers as readonly Call[]) : undefined];
}

/** @internal Every text is different, because engines keep what they learn about equal ones together. */
export function generate(handlers: readonly Loose[], arity: number): Loose {
  const args = Array.from({ length: arity }, (_, i) => `a${i}`).join();
  let next: Loose | undefined;
  for (let end = handlers.length; end > 0 || next === undefined; ) {
    const start = Math.max(0, end - 1 - ((end - 1) % WIDTH));
    const chunk = handlers.slice(start, end);
    const names = chunk.map((_, i) => `h${i}`);
    const calls = names.map((name) => `v=${name}(${args});if(v!==undefined)return v;`).join('');
    const rest = next === undefined ? '' : `return next(${args});`;
    const text = `"use strict";return function runHook${++serial}(${args}){let v;${calls}${rest}}`;
    next = new Function(...names, 'next', text)(...chunk, next) as Loose;
    end = start;
  }
  return next;
}
