import type { Anchor } from './anchor.js';
import { ABSENT, type AttachRequest, attach } from './attach.js';
import { type Attachment, HookAttachment } from './attachment.js';
import { Chain } from './chain.js';
import { type DetachRequest, detach } from './detach.js';
import { checkObject, invalidArgument } from './errors.js';
import { explainAttach, explainDetach, refusalError } from './explain.js';
import { isRefusal, type Refusal } from './refusal.js';
import type { ExpectedRevision } from './revision.js';
import { run, runAsync } from './run.js';

/** Any function; what a {@link Hook} can hold. */
export type AnyHandler = (...args: never[]) => unknown;

/** What a hook is made with. */
export interface HookOptions {
  /** How error messages call the hook; by default `unnamed`. */
  readonly name?: string;
  /** How many functions fit, 1 to 1048576; 63 as in the kernel. */
  readonly capacity?: number;
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

type Verdict<Result> = Exclude<Result, void | undefined>;
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
export class Hook<Handler extends AnyHandler> {
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
    const { name = 'unnamed', capacity } = options;
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
    const request = this.#attachRequest(handler, options);
    const result = this.#attach(handler, options, request);
    if (!isRefusal(result)) return result;
    const name = nameOf(handler, options.name);
    const missing = result === 'ENOENT' ? this.#explainMissing(options.at) : undefined;
    throw refusalError(`attach ${quote(name)} to hook ${quote(this.name)}`, result, this.#chain, request, {
      ...(missing === undefined
        ? explainAttach(this.#chain, request, result, 'function')
        : { reason: missing }),
      data: { hook: this.name, name },
    });
  }

  /** Like {@link Hook.attach}, but returns a refusal instead of throwing it. */
  tryAttach(handler: Handler, options: AttachOptions<Handler> = {}): Attachment<Handler> | Refusal {
    return this.#attach(handler, options, this.#attachRequest(handler, options));
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
    const request = this.#detachRequest(target, options);
    const refusal = this.#detach(request);
    if (refusal === undefined) return;
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
    return this.#detach(this.#detachRequest(target, options));
  }

  /** Revision and attachments, in the order in which they run. */
  query(): HookQuery<Handler> {
    const attachments = this.#chain
      .snapshot()
      .map((handle) => this.#attachments[handle] as HookAttachment<Handler>);
    return Object.freeze({ revision: this.#chain.revision, attachments: Object.freeze(attachments) });
  }

  /**
   * Runs the functions in order until one gives a verdict, and returns it; `undefined` when none does.
   *
   * A run walks the functions that were attached when it began: one that attaches or detaches, itself too, changes the
   * next run and not this one. What a function throws reaches the caller and ends the run. A promise counts as a
   * verdict: for asynchronous functions use {@link Hook.runAsync}.
   */
  run(...args: Parameters<Handler>): Verdict<ReturnType<Handler>> | undefined {
    return run(this.#walk(), args);
  }

  /** Like {@link Hook.run}, but awaits each function before the next one is called. */
  runAsync(...args: Parameters<Handler>): Promise<Verdict<Awaited<ReturnType<Handler>>> | undefined> {
    return runAsync(this.#walk(), args);
  }

  #walk(): readonly Callable<Handler>[] {
    this.#handlers ??= this.query().attachments.map(({ handler }) => handler as unknown as Callable<Handler>);
    return this.#handlers;
  }

  #attachRequest(handler: Handler, options: AttachOptions<Handler>): AttachRequest {
    const operation = `attach to hook ${quote(this.name)}`;
    if (typeof handler !== 'function') {
      throw invalidArgument(operation, `a function is needed, got ${describe(handler)}`);
    }
    checkObject(operation, 'options', options);
    if ('relative' in options) {
      throw invalidArgument(operation, 'the anchor goes into the options, as { at: before(x) }');
    }
    if (options.name !== undefined && typeof options.name !== 'string') {
      throw invalidArgument(operation, `name must be a string, got ${describe(options.name)}`);
    }
    const { at, expectedRevision } = options;
    if (at !== undefined) checkAnchor(operation, at);
    const relative = at?.relative;
    const replaced = at?.replace;
    return {
      program:
        this.#handles.get(handler) ?? this.#freeHandles.at(-1) ?? Math.max(1, this.#attachments.length),
      before: at?.before ?? false,
      after: at?.after ?? false,
      ...(relative === undefined ? {} : { relative: () => this.#handleOf(relative) ?? 'ENOENT' }),
      ...(replaced === undefined ? {} : { replace: this.#handleOf(replaced) ?? ABSENT }),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    };
  }

  #attach(
    handler: Handler,
    options: AttachOptions<Handler>,
    request: AttachRequest,
  ): HookAttachment<Handler> | Refusal {
    const result = attach(this.#chain, request);
    if (isRefusal(result)) return result;
    const handle = request.program;
    if (this.#freeHandles.at(-1) === handle) this.#freeHandles.pop();
    const attachment = new HookAttachment(handler, nameOf(handler, options.name), handle, this.#close);
    this.#attachments[handle] = attachment;
    this.#handles.set(handler, handle);
    this.#handlers = undefined;
    if (request.replace !== undefined) this.#release(request.replace);
    return attachment;
  }

  #detachRequest(
    target: Attachment<Handler> | Handler,
    options: { readonly expectedRevision?: ExpectedRevision },
  ): DetachRequest {
    const operation = `detach from hook ${quote(this.name)}`;
    checkTarget(operation, target);
    checkObject(operation, 'options', options);
    const { expectedRevision } = options;
    return {
      // A handle that no attachment has stands for one that is not here.
      program: this.#handleOf(target) ?? this.#freeHandles.at(-1) ?? Math.max(1, this.#attachments.length),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    };
  }

  #detach(request: DetachRequest): Refusal | undefined {
    const result = detach(this.#chain, request);
    if (isRefusal(result)) return result;
    this.#handlers = undefined;
    this.#release(result);
    return undefined;
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

function checkAnchor(operation: string, at: unknown): void {
  if (typeof at !== 'object' || at === null || !('relative' in at) || !('replace' in at)) {
    throw invalidArgument(
      operation,
      `at must be an anchor such as before(x) or first(), got ${describe(at)}`,
    );
  }
  if (at.relative !== undefined) checkTarget(operation, at.relative);
  if (at.replace !== undefined) checkTarget(operation, at.replace);
}

function checkTarget(operation: string, target: unknown): void {
  if (typeof target !== 'function' && !(target instanceof HookAttachment)) {
    throw invalidArgument(operation, `a function or an attachment is needed, got ${describe(target)}`);
  }
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
