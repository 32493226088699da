/** A line of a trace as an object whose fields a test may change at will. */
export type Line = Record<string, unknown>;

const empty = { rev: 1, list: [] };

/** Header and three operations of a whole tcx trace; fresh objects each time. */
export function smallTrace(): [header: Line, attach: Line, query: Line, linkInfo: Line] {
  const attached = { ingress: { rev: 2, list: [['p0', null]] }, egress: empty };
  return structuredClone([
    {
      trace: 'tcx',
      version: 1,
      seed: 7,
      ops: 3,
      progs: 4,
      kernel: '6.18',
      q: { ingress: empty, egress: empty },
    },
    {
      i: 0,
      op: 'attach',
      on: 'ingress',
      prog: 'p0',
      flags: [],
      replace: null,
      rel: null,
      rev: { mode: 'exact', value: 1 },
      res: 'ok',
      q: attached,
    },
    {
      i: 1,
      op: 'query',
      on: 'ingress',
      count: 4,
      ids: true,
      queryFlags: 0,
      attachFlags: 0,
      progFlags: false,
      res: 'ok',
      out: { count: 1, rev: 2, attachFlags: 0, ids: ['p0'], progFlags: null, links: [null] },
      q: attached,
    },
    { i: 2, op: 'link_info', link: 'bogus', res: 'EBADFD', q: attached },
  ]);
}

/** Lines as the bytes of a plain trace file. */
export function traceBytes(lines: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
