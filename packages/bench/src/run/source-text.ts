import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What handlers get; they look at `kind` and change `n`. */
export interface Context {
  kind: number;
  n: number;
}

/** A handler that may give a verdict; none does while `kind` is 0. */
export type Handler = (context: Context) => number | undefined;

/** A middleware in the manner of koa. */
export type Middleware = (context: Context, next: () => Promise<unknown>) => unknown;

const DIFFERENT = 8;
const calls = (count: number, call: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => call(i)).join('\n');
const names = (count: number): string => Array.from({ length: count }, (_, i) => `h${i}`).join(', ');

/**
 * Functions whose text is written for the occasion, each in a module of its own.
 *
 * What an engine learns about a call, it keeps by the place in the text. Contenders that share a loop, or handlers, would
 * share what is learned; here each has its own, as in separate programs. Modules also work where `eval` is forbidden.
 */
export class SourceText implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
  #modules = 0;

  /** Handlers of eight different texts in turn, which work with `salt`. */
  async handlers(count: number, salt = 0): Promise<Handler[]> {
    const makers = (await this.#load(
      calls(
        DIFFERENT,
        (i) =>
          `(c) => { if (c.kind === ${i + 1}) return c.kind; c.n = Math.imul(c.n ^ ${salt + i + 1}, 31); }`,
      )
        .split('\n')
        .map((text) => `() => ${text}`),
    )) as (() => Handler)[];
    return Array.from({ length: count }, (_, i) => (makers[i % DIFFERENT] as () => Handler)());
  }

  /** The same handlers as middleware. */
  async middleware(count: number): Promise<Middleware[]> {
    const makers = (await this.#load(
      Array.from(
        { length: DIFFERENT },
        (_, i) =>
          `() => (c, next) => { if (c.kind === ${i + 1}) return c.kind; c.n = Math.imul(c.n ^ ${i + 1}, 31); return next(); }`,
      ),
    )) as (() => Middleware)[];
    return Array.from({ length: count }, (_, i) => (makers[i % DIFFERENT] as () => Middleware)());
  }

  /** A function that calls the handlers as one would write it by hand. */
  async byHand(handlers: readonly Handler[]): Promise<Handler> {
    const count = handlers.length;
    const body = calls(count, (i) => `v = h${i}(c); if (v !== undefined) return v;`);
    const [make] = (await this.#load([`(${names(count)}) => (c) => { let v; ${body} }`])) as [
      (...handlers: readonly Handler[]) => Handler,
    ];
    return make(...handlers);
  }

  /** The same, awaiting each. */
  async byHandAsync(handlers: readonly Handler[]): Promise<(context: Context) => Promise<unknown>> {
    const count = handlers.length;
    const body = calls(count, (i) => `v = await h${i}(c); if (v !== undefined) return v;`);
    const [make] = (await this.#load([`(${names(count)}) => async (c) => { let v; ${body} }`])) as [
      (...handlers: readonly Handler[]) => (context: Context) => Promise<unknown>,
    ];
    return make(...handlers);
  }

  /** A loop that runs `call`, an expression of `subject` and `c`, so often and fails when there is a verdict. */
  async loop(subject: unknown, call: string): Promise<(times: number, context: Context) => void> {
    const text = `(subject) => (n, c) => {
      for (let i = 0; i < n; i++) if ((${call}) !== undefined) throw new Error('there is a verdict');
    }`;
    const [make] = (await this.#load([text])) as [(subject: unknown) => (n: number, c: Context) => void];
    return make(subject);
  }

  /** The same for what is awaited. */
  async loopAsync(
    subject: unknown,
    call: string,
  ): Promise<(times: number, context: Context) => Promise<void>> {
    const text = `(subject) => async (n, c) => {
      for (let i = 0; i < n; i++) if ((await (${call})) !== undefined) throw new Error('there is a verdict');
    }`;
    const [make] = (await this.#load([text])) as [
      (subject: unknown) => (n: number, c: Context) => Promise<void>,
    ];
    return make(subject);
  }

  async #load(expressions: readonly string[]): Promise<unknown[]> {
    const path = join(this.#folder, `${this.#modules++}.mjs`);
    writeFileSync(path, `export const all = [\n${expressions.join(',\n')}\n];\n`);
    const { all } = (await import(pathToFileURL(path).href)) as { all: unknown[] };
    return all;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
