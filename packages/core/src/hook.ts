import type { Anchor } from './anchor.js';
import { ABSENT, attachProgram } from './attach.js';
import { type Attachment, HookAttachment } from './attachment.js';
import { Chain } from './chain.js';
import { detachProgram } from './detach.js';
import { checkObject, invalidArgument, type MprogError, textOf } from './errors.js';
import { explainAttach, explainDetach, refusalError } from './explain.js';
import { isRefusal, type Refusal } from './refusal.js';
import { type ExpectedRevision, isStale } from './revision.js';
import { runAsync } from './run.js';
import { TieredRun, type Verdict } from './tiers.js';

/** Any function; what a {@link Hook} can hold. */
export type AnyHandler = (...args: never[]) => unknown;

/** What a hook is made with. */
export interface HookOptions {
  /** How error messages call the hook; by default `unnamed`. */
  readonly name?: string;
  /** How many functions fit, 1 to 1048576; 63 as in the kernel. */
  readonly capacity?: number;
  /**
   * Whether a hook that is run often may be compiled by `new Function`; yes by default, and where that is forbidden the
   * hook finds out by itself. Say `false` where an attempt would be reported as a violation of a policy.
   */
  readonly generateCode?: boolean;
}

/** Where and how a function is attached. */
export interface AttachOptions<Handler> {
  /**
   * `first()`, `last()`, `before(x)`, `after(x)`, `replace(x)` or several of them by `combine([…])`, where x is a function
   * that is attached or its attachment. Last when absent.
   */
  readonly at?: Anchor<Attachment<Handler> | Handler>;
  /** A name for people; need not be unique. By default that of the function. */
  readonly name?: string;
  /** The revision that the hook must have; 0 or absent for any. */
  readonly expectedRevision?: ExpectedRevision;
}

/** What a hook has at one moment; frozen. */
export interface HookQuery<Handler> {
  /** Grows by one with every change; pass it as `expectedRevision` to act on exactly this state. */
  readonly revision: number;
  /** In the order in which they run. */
  readonly attachments: readonly Attachment<Handler>[];
}

type Callable<Handler extends AnyHandler> = (...args: Parameters<Handler>) => ReturnType<Handler>;

/**
 * An ordered set of functions on a hook of an application: middleware, plug-ins, steps of a pipeline.
 *
 * Functions run in order until one gives a verdict, that is, returns anything but `undefined` ({@link NEXT}). The rules
 * are those of the kernel's chains: a function can be attached once (`EEXIST`), relative to one that is here (`ENOENT`),
 * as long as there is room (`ERANGE`), and guarded by the revision (`ESTALE`).
 *
 * @example
 * const onRequest = new Hook<(path: string) => number | undefined>({ name: 'request' });
 * const router = onRequest.attach((path) => (path === '/' ? 200 : 404), { name: 'router' });
 * onRequest.attach((path) => (path.startsWith('/admin') ? 403 : undefined), { at: before(router) });
 * onRequest.run('/admin/users'); // 403
 */
export class Hook<Handler extends AnyHandler> extends TieredRun<Handler> {
  /** How error messages call the hook. */
  readonly name: string;
  readonly #chain: Chain;
  readonly #handles = new Map<Handler, number>();
  // By handle; the handles of attachments that are gone are used again.
  readonly #attachments: (HookAttachment<Handler> | undefined)[] = [];
  readonly #freeHandles: number[] = [];
  #handlers: readonly Callable<Handler>[] | undefined;

  /** @throws {MprogError} `ERR_INVALID_ARGUMENT` when the name is no string or the capacity out of range. */
  constructor(options: HookOptions = {}) {
    checkObject('create hook', 'options', options);
    const { name = 'unnamed', capacity, generateCode = true } = options;
    super(generateCode);
    if (typeof name !== 'string') {
      throw invalidArgument('create hook', `name must be a string, got ${describe(name)}`);
    }
    this.name = name;
    this.#chain = new Chain(capacity === undefined ? {} : { capacity });
  }

  /** How many functions fit. */
  get capacity(): number {
    return this.#chain.capacity;
  }

  /** How many functions are attached. */
  get count(): number {
    return this.#chain.count;
  }

  /** Starts at 1 and grows by one with every change (spec 3.3). */
  get revision(): number {
    return this.#chain.revision;
  }

  /**
   * Attaches a function, last unless told otherwise.
   *
   * @throws {RefusalError} `ESTALE`, `EEXIST`, `ENOENT`, `ERANGE` or `EINVAL` by the rules of spec 4; nothing changed.
   * @throws {MprogError} `ERR_INVALID_ARGUMENT` when an argument is of a wrong kind.
   */
  attach(handler: Handler, options: AttachOptions<Handler> = {}): Attachment<Handler> {
    const result = this.#attach(handler, options);
    if (!isRefusal(result)) return result;
    const { at, expectedRevision = 0 } = options;
    const replace = at?.replace === undefined ? 0 : (this.#handleOf(at.replace) ?? ABSENT);
    const request = { program: this.#handles.get(handler) ?? 0, replace, expectedRevision };
    const name = nameOf(handler, options.name);
    const missing = result === 'ENOENT' ? this.#explainMissing(at) : undefined;
    throw refusalError(`attach ${quote(name)} to hook ${quote(this.name)}`, result, this.#chain, request, {
      ...(missing === undefined
        ? explainAttach(this.#chain, request, result, 'function')
        : { reason: missing }),
      data: { hook: this.name, name },
    });
  }

  /** Like {@link Hook.attach}, but returns a refusal instead of throwing it. */
  tryAttach(handler: Handler, options: AttachOptions<Handler> = {}): Attachment<Handler> | Refusal {
    return this.#attach(handler, options);
  }

  /**
   * Detaches a function, given by itself or by its attachment, which is closed by it.
   *
   * @throws {RefusalError} `ESTALE` or `ENOENT` (not attached here, closed already); nothing changed.
   * @throws {MprogError} `ERR_INVALID_ARGUMENT` when an argument is of a wrong kind.
   */
  detach(
    target: Attachment<Handler> | Handler,
    options: { readonly expectedRevision?: ExpectedRevision } = {},
  ): void {
    const refusal = this.tryDetach(target, options);
    if (refusal === undefined) return;
    const { expectedRevision = 0 } = options;
    const request = { program: this.#handleOf(target) ?? this.#unusedHandle(), expectedRevision };
    const name = nameOfTarget(target);
    throw refusalError(`detach ${quote(name)} from hook ${quote(this.name)}`, refusal, this.#chain, request, {
      ...explainDetach(this.#chain, request, refusal, 'function'),
      data: { hook: this.name, name },
    });
  }

  /** Like {@link Hook.detach}, but returns a refusal instead of throwing it, and `undefined` when it is done. */
  tryDetach(
    target: Attachment<Handler> | Handler,
    options: { readonly expectedRevision?: ExpectedRevision } = {},
  ): Refusal | undefined {
    if (!isTarget(target) || !isObject(options)) throw wrongDetach(this.name, target, options);
    const { expectedRevision = 0 } = options;
    // A handle that no attachment has stands for one that is not here.
    const program = this.#handleOf(target) ?? this.#unusedHandle();
    const result = detachProgram(this.#chain, program, 0, false, false, false, expectedRevision, 0);
    if (typeof result === 'string') return result;
    this.#handlers = undefined;
    this.changed();
    this.#release(result);
    return undefined;
  }

  /** Revision and attachments, in the order in which they run. */
  query(): HookQuery<Handler> {
    const attachments = this.#chain
      .snapshot()
      .map((handle) => this.#attachments[handle] as HookAttachment<Handler>);
    return Object.freeze({ revision: this.#chain.revision, attachments: Object.freeze(attachments) });
  }

  /** Like {@link Hook.run}, but awaits each function before the next one is called. */
  runAsync(...args: Parameters<Handler>): Promise<Verdict<Awaited<ReturnType<Handler>>> | undefined> {
    return runAsync(this.handlers(), args);
  }

  /** @internal */
  protected override handlers(): readonly Callable<Handler>[] {
    if (this.#handlers === undefined) {
      const handlers: Callable<Handler>[] = [];
      // Pushed, because an array that `map` makes counts as one with holes, and is slower to walk.
      for (const handle of this.#chain.snapshot()) {
        handlers.push(this.#attachments[handle]?.handler as unknown as Callable<Handler>);
      }
      this.#handlers = handlers;
    }
    return this.#handlers;
  }

  #attach(handler: Handler, options: AttachOptions<Handler>): HookAttachment<Handler> | Refusal {
    // The words of an error are put together only where there is one.
    if (!isAttach(handler, options)) throw wrongAttach(this.name, handler, options);
    const { at, expectedRevision = 0 } = options;
    const known = this.#handles.get(handler);
    const relative = at?.relative === undefined ? 0 : this.#handleOf(at.relative);
    if (relative === undefined) {
      // What comes before the look-up of the relative object, and then that (spec 4.1 #1 to #3).
      if (isStale('attach program', this.#chain.revision, expectedRevision)) return 'ESTALE';
      return known === undefined ? 'ENOENT' : 'EEXIST';
    }
    const program = known ?? this.#unusedHandle();
    const before = at?.before ?? false;
    const after = at?.after ?? false;
    const replace = at?.replace === undefined ? 0 : (this.#handleOf(at.replace) ?? ABSENT);
    const result = attachProgram(
      this.#chain,
      program,
      0,
      replace,
      before,
      after,
      false,
      expectedRevision,
      relative,
    );
    if (typeof result === 'string') return result;
    if (this.#freeHandles.at(-1) === program) this.#freeHandles.pop();
    const attachment = new HookAttachment(handler, nameOf(handler, options.name), program, this.#close);
    this.#attachments[program] = attachment;
    this.#handles.set(handler, program);
    this.#handlers = undefined;
    this.changed();
    if (replace !== 0) this.#release(replace);
    return attachment;
  }

  #unusedHandle(): number {
    return this.#freeHandles.at(-1) ?? Math.max(1, this.#attachments.length);
  }

  readonly #close = (attachment: HookAttachment<Handler>): void => {
    this.detach(attachment);
  };

  #release(handle: number): void {
    const attachment = this.#attachments[handle] as HookAttachment<Handler>;
    this.#attachments[handle] = undefined;
    this.#handles.delete(attachment.handler);
    this.#freeHandles.push(handle);
    attachment.retire();
  }

  #handleOf(target: Attachment<Handler> | Handler): number | undefined {
    if (typeof target === 'function') return this.#handles.get(target);
    const { handle } = target as HookAttachment<Handler>;
    return this.#attachments[handle] === target ? handle : undefined;
  }

  #explainMissing(at: Anchor<Attachment<Handler> | Handler> | undefined): string | undefined {
    for (const target of [at?.replace, at?.relative]) {
      if (target === undefined || this.#handleOf(target) !== undefined) continue;
      const name = quote(nameOfTarget(target));
      if (typeof target === 'function') return `the function ${name} is not attached here`;
      return target.closed
        ? `the attachment ${name} is closed`
        : `the attachment ${name} belongs to another hook`;
    }
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isTarget(value: unknown): boolean {
  return typeof value === 'function' || value instanceof HookAttachment;
}

function isAttach(handler: unknown, options: AttachOptions<unknown>): boolean {
  if (typeof handler !== 'function' || !isObject(options) || 'relative' in options) return false;
  const { at, name } = options;
  return (name === undefined || typeof name === 'string') && (at === undefined || isAnchor(at));
}

function isAnchor(at: unknown): boolean {
  if (!isObject(at) || !('relative' in at) || !('replace' in at)) return false;
  return (
    (at.relative === undefined || isTarget(at.relative)) && (at.replace === undefined || isTarget(at.replace))
  );
}

function wrongAttach(hook: string, handler: unknown, options: AttachOptions<unknown>): MprogError {
  const wrong = (reason: string) => invalidArgument(`attach to hook ${quote(hook)}`, reason);
  if (typeof handler !== 'function') return wrong(`a function is needed, got ${describe(handler)}`);
  if (!isObject(options)) return wrong(`options must be an object, got ${textOf(options)}`);
  if ('relative' in options) return wrong('the anchor goes into the options, as { at: before(x) }');
  const { at, name } = options;
  if (name !== undefined && typeof name !== 'string')
    return wrong(`name must be a string, got ${describe(name)}`);
  if (!isObject(at) || !('relative' in at) || !('replace' in at)) {
    return wrong(`at must be an anchor such as before(x) or first(), got ${describe(at)}`);
  }
  const target = at.relative !== undefined && !isTarget(at.relative) ? at.relative : at.replace;
  return wrong(needed(target));
}

function wrongDetach(hook: string, target: unknown, options: unknown): MprogError {
  const reason = isTarget(target) ? `options must be an object, got ${textOf(options)}` : needed(target);
  return invalidArgument(`detach from hook ${quote(hook)}`, reason);
}

function needed(target: unknown): string {
  return `a function or an attachment is needed, got ${describe(target)}`;
}

function nameOf(handler: AnyHandler, name: string | undefined): string {
  return name ?? (handler.name || 'anonymous');
}

function nameOfTarget(target: Attachment<unknown> | AnyHandler): string {
  return target.name || 'anonymous';
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? quote(value) : value === null ? 'null' : typeof value;
}
