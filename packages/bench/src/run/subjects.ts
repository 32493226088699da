import { Hook } from '@mprog/core';
import { EventEmitter } from 'eventemitter3';
import { createHooks } from 'hookable';
import compose from 'koa-compose';
import { SyncBailHook } from 'tapable';
import { PlainLoop } from './plain-loop.js';
import type { Context, Handler, Middleware, SourceText } from './source-text.js';

/** Something that runs handlers in order, and the expression that makes it do so. */
export interface Subject {
  readonly subject: unknown;
  readonly call: string;
}

type Make = (handlers: readonly Handler[], text: SourceText) => Subject | Promise<Subject>;

const hookOf = (handlers: readonly Handler[], generateCode: boolean): Hook<Handler> => {
  const hook = new Hook<Handler>({ capacity: 1_024, generateCode });
  for (const handler of handlers) hook.attach(handler);
  return hook;
};

/** A hook whose handlers are those; its run is one of the contenders' `subject.run(c)`. */
export const hook: Make = (handlers) => ({ subject: hookOf(handlers, true), call: 'subject.run(c)' });

/** How a hook is run, as `packages/core/src/tiers.ts` says. */
export type Tier = 'loop' | 'handler' | 'generated' | 'templates';

/** How the subject of {@link hook} is run; it is no part of the interface, and looked at here alone. */
export function tierOf(subject: unknown): Tier {
  return (subject as { readonly tier: Tier }).tier;
}

/** Calls written by hand, in a function that the loop knows. */
export const byHand: Make = async (handlers, text) => ({
  subject: await text.byHand(handlers),
  call: 'subject(c)',
});

/**
 * Calls written by hand, in a function that is called through a field, which held another one before: as much as a hook
 * that can be changed may know about its caller.
 */
export const byHandThroughField: Make = async (handlers, text) => ({
  subject: { run: await text.byHand(handlers) },
  call: 'subject.run(c)',
});

/** A loop over an array. */
export const plainLoop: Make = (handlers) => {
  const loop = new PlainLoop();
  for (const handler of handlers) loop.attach(handler);
  return { subject: loop, call: 'subject.run(c)' };
};

/** Each handler in a closure that calls the next one. */
export const composition: Make = (handlers) => {
  const end: Handler = () => undefined;
  const subject = handlers.reduceRight<Handler>(
    (next, handler) => (context) => {
      const verdict = handler(context);
      return verdict === undefined ? next(context) : verdict;
    },
    end,
  );
  return { subject, call: 'subject(c)' };
};

/** tapable, as webpack uses it; it generates code. */
export const tapable: Make = (handlers) => {
  const subject = new SyncBailHook<[Context], number>(['context']);
  for (const handler of handlers) subject.tap('handler', handler as never);
  return { subject, call: 'subject.call(c)' };
};

/** eventemitter3; it knows no verdict and calls all. */
export const eventEmitter: Make = (handlers) => {
  const subject = new EventEmitter();
  for (const handler of handlers) subject.on('event', handler);
  return { subject, call: "subject.emit('event', c) ? undefined : 0" };
};

/** hookable with a synchronous caller, which is given to it. */
export const hookable: Make = (handlers) => {
  const hooks = createHooks<{ event: Handler }>();
  for (const handler of handlers) hooks.hook('event', handler as never);
  const inOrder = (all: readonly Handler[], args: readonly [Context]): number | undefined => {
    for (const handler of all) {
      const verdict = handler(...args);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  };
  return { subject: { hooks, inOrder }, call: "subject.hooks.callHookWith(subject.inOrder, 'event', [c])" };
};

/** {@link hook}, awaiting each handler. */
export const hookAsync: Make = (handlers) => ({
  subject: hookOf(handlers, true),
  call: 'subject.runAsync(c)',
});

/** Awaiting calls written by hand. */
export const byHandAsync: Make = async (handlers, text) => ({
  subject: await text.byHandAsync(handlers),
  call: 'subject(c)',
});

/** hookable as it is meant: one handler after the other. */
export const hookableAsync: Make = (handlers) => {
  const hooks = createHooks<{ event: Handler }>();
  for (const handler of handlers) hooks.hook('event', handler as never);
  return { subject: hooks, call: "subject.callHook('event', c)" };
};

/** koa-compose; its handlers are written as middleware. */
export const koaCompose = (middleware: readonly Middleware[]): Subject => ({
  subject: compose([...middleware]),
  call: 'subject(c)',
});
