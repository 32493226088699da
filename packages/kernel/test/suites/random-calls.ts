import fc from 'fast-check';
import { attachType, command, flag, type Laboratory, programType } from '../../src/index.js';
import { BOGUS, UNUSED_ID } from './bench.js';
import { RawCalls, type Result } from './raw-calls.js';

/** How an operation names an object: which of those there are, by fd or by id. */
export interface Name {
  readonly kind: 'program' | 'other' | 'link' | 'map' | 'file' | 'bogus' | 'zero';
  readonly index: number;
}

/** One call in words that mean the same on every kernel. */
export type Operation =
  | {
      readonly op: 'attach' | 'detach' | 'linkCreate';
      readonly on: number;
      readonly type: number;
      readonly program: Name;
      readonly flags: number;
      readonly replace: Name;
      readonly relative: Name;
      readonly revision: 'any' | 'right' | 'stale';
      readonly junk: boolean;
    }
  | {
      readonly op: 'linkUpdate';
      readonly link: Name;
      readonly program: Name;
      readonly flags: number;
      readonly old: Name;
    }
  | { readonly op: 'linkDetach' | 'close' | 'open' | 'info'; readonly object: Name }
  | {
      readonly op: 'query';
      readonly on: number;
      readonly type: number;
      readonly queryFlags: number;
      readonly attachFlags: number;
      readonly count: number;
      readonly size: number;
    }
  | { readonly op: 'nextId'; readonly number: number; readonly start: number }
  | { readonly op: 'qdisc'; readonly present: boolean }
  | { readonly op: 'capabilities'; readonly none: boolean };

const kinds = [
  'program',
  'program',
  'program',
  'program',
  'link',
  'link',
  'other',
  'map',
  'file',
  'bogus',
  'zero',
] as const;
const name: fc.Arbitrary<Name> = fc.record({ kind: fc.constantFrom(...kinds), index: fc.nat(3) });
const none: fc.Arbitrary<Name> = fc.constant({ kind: 'zero', index: 0 });
const sometimes = (arbitrary: fc.Arbitrary<Name>): fc.Arbitrary<Name> =>
  fc.oneof({ weight: 2, arbitrary: none }, { weight: 1, arbitrary });
const link: fc.Arbitrary<Name> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('link' as const), index: fc.nat(3) }) },
  { weight: 1, arbitrary: name },
);
const program: fc.Arbitrary<Name> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('program' as const), index: fc.nat(5) }) },
  { weight: 1, arbitrary: name },
);
const bits = [
  flag.REPLACE,
  flag.BEFORE,
  flag.AFTER,
  flag.ID,
  flag.LINK,
  flag.ALLOW_MULTI,
  flag.PREORDER,
  1 << 20,
];
const flags = fc.oneof(
  fc.constantFrom(0, flag.BEFORE, flag.AFTER, flag.REPLACE, flag.BEFORE | flag.ID, flag.AFTER | flag.LINK),
  fc.subarray(bits).map((set) => set.reduce((all, bit) => all | bit, 0)),
);
const tcx = fc.constantFrom<number>(attachType.TCX_INGRESS, attachType.TCX_EGRESS);
const type = fc.oneof(
  { weight: 6, arbitrary: tcx },
  { weight: 1, arbitrary: fc.constantFrom(0, 6, 16, 33, 36, 43, 48, 99) },
);
/** Detach and query get to layers that this kernel may lack without a look at the program: only types without any. */
const typeOfHook = fc.oneof(
  { weight: 6, arbitrary: tcx },
  { weight: 1, arbitrary: fc.constantFrom(33, 37, 48, 99) },
);
const device = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2) },
);

/** A random operation. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom('attach' as const, 'attach' as const, 'linkCreate' as const),
      on: device,
      type,
      program: fc.oneof({ weight: 5, arbitrary: program }, { weight: 1, arbitrary: none }),
      flags,
      replace: sometimes(program),
      relative: sometimes(fc.oneof(program, link)),
      revision: fc.constantFrom('any', 'any', 'right', 'stale'),
      junk: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('detach' as const),
      on: device,
      type: typeOfHook,
      program: fc.oneof({ weight: 5, arbitrary: program }, { weight: 1, arbitrary: none }),
      flags,
      replace: sometimes(program),
      relative: sometimes(fc.oneof(program, link)),
      revision: fc.constantFrom('any', 'any', 'right', 'stale'),
      junk: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('linkUpdate' as const),
      link,
      program,
      flags: fc.constantFrom(0, 0, flag.REPLACE, flag.BEFORE),
      old: sometimes(program),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('linkDetach' as const), object: link }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constantFrom('close' as const, 'open' as const), object: link }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('info' as const), object: name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('query' as const),
      on: device,
      type: typeOfHook,
      queryFlags: fc.constantFrom(0, 0, 1, 2),
      attachFlags: fc.constantFrom(0, 0, 4),
      count: fc.nat(5),
      size: fc.constantFrom(64, 64, 40, 28, 12),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('qdisc' as const), present: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('nextId' as const),
      number: fc.constantFrom(11, 12, 23, 31),
      start: fc.constantFrom(0x7fff_fffe, 0x7fff_ffff, 0xffff_ffff),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('capabilities' as const), none: fc.boolean() }) },
);

/** Performs operations in a laboratory and tells of each what came of it, without numbers that differ between kernels. */
export class Performer {
  readonly #laboratory: Laboratory;
  readonly #raw: RawCalls;
  readonly #device: number;
  readonly #programs: readonly number[];
  readonly #other: number;
  readonly #map: number;
  readonly #file: number;
  readonly #ids = new Map<number, string>();
  /** Links in the order of their making, each with its open fds. */
  readonly #links: { readonly fds: number[]; readonly id: number }[] = [];
  #powerless = false;

  constructor(laboratory: Laboratory) {
    this.#laboratory = laboratory;
    this.#raw = new RawCalls(laboratory.host);
    this.#device = laboratory.addDevice();
    this.#programs = Array.from({ length: 6 }, () => laboratory.loadVerdict(-1));
    this.#other = laboratory.loadVerdict(2, { type: programType.XDP });
    this.#file = laboratory.openFile();
    const map = this.#raw.call(command.MAP_CREATE, 72, [
      [0, 3],
      [4, 4],
      [8, 4],
      [12, 1],
    ]);
    this.#map = Number(map);
    for (const [i, fd] of this.#programs.entries()) this.#ids.set(this.#raw.idOf(fd), `p${i}`);
  }

  perform(operation: Operation): unknown {
    if (operation.op === 'capabilities') {
      this.#powerless = operation.none;
      return null;
    }
    // A qdisc comes through netlink, whose capabilities are no part of bpf(2).
    const powerless = this.#powerless && operation.op !== 'qdisc';
    const result = powerless
      ? this.#laboratory.withCapabilities([], () => this.#perform(operation))
      : this.#perform(operation);
    return {
      result,
      ingress: this.#state(attachType.TCX_INGRESS),
      egress: this.#state(attachType.TCX_EGRESS),
    };
  }

  #perform(operation: Exclude<Operation, { op: 'capabilities' }>): unknown {
    const raw = this.#raw;
    switch (operation.op) {
      case 'attach':
      case 'detach':
      case 'linkCreate': {
        const { type, flags } = operation;
        const target = [this.#device, 0, 0x7fff_fff0][operation.on]!;
        const fields = {
          target,
          type,
          flags: flags >>> 0,
          program: this.#fd(operation.program),
          replace: this.#fd(operation.replace),
          relative:
            (flags & flag.ID) !== 0
              ? this.#id(operation.relative, (flags & flag.LINK) !== 0)
              : this.#fd(operation.relative),
          revision: { any: 0, right: this.#revision(type), stale: 77 }[operation.revision],
        };
        const result = raw[operation.op](fields, operation.junk ? [[64, 1]] : [], operation.junk ? 68 : 64);
        return operation.op === 'linkCreate' ? this.#keep(result) : result;
      }
      case 'linkUpdate':
        return raw.linkUpdate(
          this.#fd(operation.link),
          this.#fd(operation.program),
          operation.flags,
          this.#fd(operation.old),
        );
      case 'linkDetach':
        return raw.linkDetach(this.#fd(operation.object));
      case 'close':
        return this.#close(operation.object);
      case 'open': {
        const kept = this.#link(operation.object);
        const result = raw.linkById(kept?.id ?? UNUSED_ID);
        if (typeof result === 'number') kept?.fds.push(result);
        return typeof result === 'number' ? 'opened' : result;
      }
      case 'info': {
        const result = raw.info(this.#fd(operation.object), 64);
        const { kind } = operation.object;
        if (result !== 0 || kind !== 'link') return result;
        return { program: this.#ids.get(raw.u32(8)), attached: raw.u32(16) !== 0, type: raw.u32(20) };
      }
      case 'query':
        return this.#query(operation);
      case 'nextId':
        return raw.nextId(operation.number, operation.start);
      case 'qdisc':
        return this.#setQdisc(operation.present);
    }
  }

  #query({ on, type, queryFlags, attachFlags, count, size }: Extract<Operation, { op: 'query' }>): unknown {
    const raw = this.#raw;
    raw.bytes(0, 1024).fill(0xee);
    const result = raw.call(command.PROG_QUERY, size, [
      [0, [this.#device, 0, 0x7fff_fff0][on]!],
      [4, type],
      [8, queryFlags],
      [12, attachFlags],
      [16, raw.at(0), 8],
      [24, count],
      [32, raw.at(256), 8],
      [40, raw.at(512), 8],
      [48, raw.at(768), 8],
    ]);
    const ids = Array.from({ length: 6 }, (_, i) => this.#ids.get(raw.u32(4 * i)) ?? null);
    const links = Array.from({ length: 6 }, (_, i) =>
      this.#links.findIndex(({ id }) => id === raw.u32(512 + 4 * i)),
    );
    const written = [256, 768].map((at) => Array.from({ length: 6 }, (_, i) => raw.u32(at + 4 * i)));
    return {
      result,
      count: raw.field(24),
      revision: raw.field(56),
      flags: raw.field(12),
      ids,
      links,
      written,
    };
  }

  #setQdisc(present: boolean): string {
    try {
      this.#laboratory.setQdisc(this.#device, 'clsact', present);
      return 'ok';
    } catch {
      return 'refused';
    }
  }

  #keep(result: Result): Result {
    if (typeof result !== 'number') return result;
    this.#links.push({ fds: [result], id: this.#raw.linkInfo(result).id });
    return 'created';
  }

  #close(object: Name): string {
    const fd = object.kind === 'link' ? this.#link(object)?.fds.pop() : undefined;
    if (fd === undefined) return 'nothing';
    this.#raw.close(fd);
    return 'closed';
  }

  #link({ index }: Name): { readonly fds: number[]; readonly id: number } | undefined {
    return this.#links.at(-1 - index);
  }

  #fd(object: Name): number {
    switch (object.kind) {
      case 'program':
        return this.#programs[object.index % this.#programs.length]!;
      case 'other':
        return this.#other;
      case 'map':
        return this.#map;
      case 'file':
        return this.#file;
      case 'link':
        return this.#link(object)?.fds.at(-1) ?? BOGUS;
      case 'bogus':
        return BOGUS;
      case 'zero':
        return 0;
    }
  }

  /** Programs and links have number spaces of their own, so an id of one says nothing where the other is meant. */
  #id(object: Name, asLink: boolean): number {
    switch (object.kind) {
      case 'program':
        return asLink ? UNUSED_ID : this.#raw.idOf(this.#fd(object));
      case 'link':
        return (asLink ? this.#link(object)?.id : undefined) ?? UNUSED_ID;
      case 'zero':
        return 0;
      default:
        return UNUSED_ID;
    }
  }

  #revision(type: number): number {
    return this.#raw.revision(this.#device, type === attachType.TCX_EGRESS ? type : attachType.TCX_INGRESS);
  }

  #state(type: number): unknown {
    const { result, revision, programs, links } = this.#raw.query(this.#device, type);
    const owners = links.map((link) => this.#links.findIndex(({ id }) => id === link));
    return { result, revision, programs: programs.map((id) => this.#ids.get(id)), owners };
  }
}
