// biome-ignore-all format: a copy in a line shows that all are the same
// biome-ignore-all lint/suspicious/noAssignInExpressions: the shortest form; a hundred copies are read by machines only

/** Anything that is called with one argument. */
export type Call = (argument: unknown) => unknown;

/** Makes a function that calls handlers in order until one gives a verdict, and then the next chunk, if there is one. */
export type Template<Handlers extends readonly Call[]> = (handlers: Handlers, next: Call | undefined) => Call;

type Four = readonly [Call, Call, Call, Call];
type Sixteen = readonly [...Four, ...Four, ...Four, ...Four];

const N = undefined;

// An engine keeps what it learns about a call by the place of the call in the source text. Each of these copies therefore
// compiles as if its handlers were written there, as long as it is used for one chunk of one hook. The first of each kind
// is for all chunks that come too late.

/** Copies for chunks of sixteen handlers. */
export const sixteens: readonly Template<Sixteen>[] = [
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N || (v = e(x)) !== N || (v = f(x)) !== N || (v = g(x)) !== N || (v = h(x)) !== N || (v = i(x)) !== N || (v = j(x)) !== N || (v = k(x)) !== N || (v = l(x)) !== N || (v = m(x)) !== N || (v = n(x)) !== N || (v = o(x)) !== N || (v = p(x)) !== N) return v; return z === N ? N : z(x); },
];

/** Copies for chunks of four handlers. */
export const fours: readonly Template<Four>[] = [
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
  ([a, b, c, d], z) => (x) => { let v: unknown; if ((v = a(x)) !== N || (v = b(x)) !== N || (v = c(x)) !== N || (v = d(x)) !== N) return v; return z === N ? N : z(x); },
];

/** Copies for single handlers. */
export const ones: readonly Template<readonly [Call]>[] = [
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
  ([a], z) => (x) => { let v: unknown; if ((v = a(x)) !== N) return v; return z === N ? N : z(x); },
];
