import { invalidArgument, textOf } from './errors.js';

/** The verdict that lets a run go on to the next handler: nothing. A handler without a return value gives it. */
export const NEXT: undefined = undefined;

/**
 * Calls handlers in order until one gives a verdict other than {@link NEXT}, and returns that verdict.
 *
 * The array is walked as it is: give one that nobody changes meanwhile. What a handler throws reaches the caller, and
 * the handlers behind it do not run. A promise is a verdict like any other; to await each handler use {@link runAsync}.
 *
 * @returns the verdict, or `NEXT` when every handler let the run go on
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` when `handlers` is no array.
 */
export function run<Args extends readonly unknown[], Verdict>(
  handlers: readonly ((...args: Args) => Verdict)[],
  args: Args,
): Exclude<Verdict, void | undefined> | undefined {
  const count = (handlers as typeof handlers | null)?.length;
  if (count === undefined) throw wrongHandlers(handlers);
  // To spread an array takes longer than the call, so the usual numbers of arguments have loops of their own.
  if (args.length === 1) return runOne(handlers as never, args[0]);
  if (args.length === 2) return runTwo(handlers as never, args[0], args[1]);
  for (let i = 0; i < count; i++) {
    // Called through a variable, so that a handler does not see the array as its `this`.
    const handler = handlers[i] as (...args: Args) => Verdict;
    const verdict = handler(...args);
    if (verdict !== NEXT) return verdict as Exclude<Verdict, void | undefined>;
  }
  return NEXT;
}

/** @internal {@link run} for handlers that take one argument. */
export function runOne<Verdict>(
  handlers: readonly ((argument: unknown) => unknown)[],
  argument: unknown,
): Verdict | undefined {
  const count = handlers.length;
  for (let i = 0; i < count; i++) {
    const handler = handlers[i] as (argument: unknown) => unknown;
    const verdict = handler(argument);
    if (verdict !== NEXT) return verdict as Verdict;
  }
  return NEXT;
}

/** @internal {@link run} for handlers that take two arguments. */
export function runTwo<Verdict>(
  handlers: readonly ((first: unknown, second: unknown) => unknown)[],
  first: unknown,
  second: unknown,
): Verdict | undefined {
  const count = handlers.length;
  for (let i = 0; i < count; i++) {
    const handler = handlers[i] as (first: unknown, second: unknown) => unknown;
    const verdict = handler(first, second);
    if (verdict !== NEXT) return verdict as Verdict;
  }
  return NEXT;
}

/**
 * Like {@link run}, but awaits what each handler returns before the next one is called.
 *
 * @returns a promise of the verdict; it is rejected with what a handler throws or is rejected with
 */
export async function runAsync<Args extends readonly unknown[], Verdict>(
  handlers: readonly ((...args: Args) => Verdict)[],
  args: Args,
): Promise<Exclude<Awaited<Verdict>, void | undefined> | undefined> {
  const count = (handlers as typeof handlers | null)?.length;
  if (count === undefined) throw wrongHandlers(handlers);
  for (let i = 0; i < count; i++) {
    const handler = handlers[i] as (...args: Args) => Verdict;
    const verdict = await handler(...args);
    if (verdict !== NEXT) return verdict as Exclude<Awaited<Verdict>, void | undefined>;
  }
  return NEXT;
}

function wrongHandlers(handlers: unknown): Error {
  return invalidArgument('run handlers', `handlers must be an array, got ${textOf(handlers)}`);
}
