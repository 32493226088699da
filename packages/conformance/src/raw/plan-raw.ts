import { attr, type CommandName } from '@mprog/kernel';
import { Random } from '../random.js';
import { closingQueries } from './closing-queries.js';
import { fillTemplate } from './fill-template.js';
import { type InfoPlan, masksOf, planInfo } from './plan-info.js';
import { RawDraft } from './raw-draft.js';
import { rawCommands } from './raw-fields.js';
import { linkOf, type RawCall, type RawMask, type RawStep, WINDOW } from './raw-step.js';
import { settleAttr } from './settle-attr.js';

/** What makes a raw sequence; everything else follows from it. */
export interface RawOptions {
  /** 0 to 2^53 - 1. */
  readonly seed: number;
  /** Steps, before the queries of every hook at the end. */
  readonly ops: number;
  /** Attach types that are left alone. */
  readonly without: readonly number[];
}

/** Bytes of an attr that a command reads. */
const ATTR = attr.progLoad.keyringId + 4;
const MAX_SIZE = 4200;
/** Bytes of an attr of OBJ_GET_INFO_BY_FD that its structure may lie over. */
const SHORT = 24;

const weights: readonly (readonly [number, CommandName])[] = [
  [22, 'PROG_ATTACH'],
  [10, 'PROG_DETACH'],
  [14, 'PROG_QUERY'],
  [14, 'LINK_CREATE'],
  [8, 'LINK_UPDATE'],
  [3, 'LINK_DETACH'],
  [2, 'PROG_GET_FD_BY_ID'],
  [2, 'LINK_GET_FD_BY_ID'],
  [1, 'MAP_GET_FD_BY_ID'],
  [1, 'BTF_GET_FD_BY_ID'],
  [2, 'PROG_GET_NEXT_ID'],
  [2, 'LINK_GET_NEXT_ID'],
  [1, 'MAP_GET_NEXT_ID'],
  [1, 'BTF_GET_NEXT_ID'],
  [24, 'OBJ_GET_INFO_BY_FD'],
];

/** The steps of a raw sequence: calls with valid attrs, mutated ones and random ones, and closes of links. */
export function planRaw({ seed, ops, without }: RawOptions): readonly RawStep[] {
  const random = new Random(seed);
  const links: string[] = [];
  const steps = Array.from({ length: ops }, (_, index): RawStep => {
    if (links.length > 0 && random.percent(4)) return { step: 'close', index, link: random.pick(links) };
    const command = random.weighted(weights);
    const call = new CallPlan(random, index, command, { links: [...links], without }).call();
    if (command === 'LINK_CREATE') links.push(linkOf(index));
    return call;
  });
  return [...steps, ...closingQueries(ops, without)];
}

/** The structure for info, and where it lies. */
interface PlacedInfo {
  readonly info: InfoPlan;
  readonly at: number;
  readonly masks: readonly RawMask[];
}

/** One call in the making. */
class CallPlan {
  readonly #random: Random;
  readonly #index: number;
  readonly #command: CommandName;
  readonly #view: { readonly links: readonly string[]; readonly without: readonly number[] };
  readonly #memory: Uint8Array = new Uint8Array(WINDOW);
  readonly #draft: RawDraft = new RawDraft(MAX_SIZE + 24);
  readonly #claimed: [number, number][] = [];
  readonly #background: number;

  constructor(
    random: Random,
    index: number,
    command: CommandName,
    view: { readonly links: readonly string[]; readonly without: readonly number[] },
  ) {
    this.#random = random;
    this.#index = index;
    this.#command = command;
    this.#view = view;
    this.#background = random.weighted([
      [5, 0],
      [3, 0xa5],
      [2, 0xff],
    ]);
    this.#memory.fill(this.#background);
  }

  call(): RawCall {
    const random = this.#random;
    const { end } = rawCommands[this.#command]!;
    let size = random.weighted([
      [12, end],
      [2, ATTR],
      [2, random.below(end + 1)],
      [2, end + random.below(MAX_SIZE - end)],
      [1, random.pick([0, 4096, 4097, 0xffff_ffff, random.word()])],
    ]);
    const isValid = random.percent(90);
    if (!isValid) this.#randomBytes(end);
    // The end of a link's ids is not known: others make links too.
    if (this.#command === 'LINK_GET_NEXT_ID') size = Math.max(4, size);
    const attrAt = this.#place(size);
    if (typeof attrAt === 'number') {
      this.#claimed.push([attrAt, attrAt + Math.max(ATTR, Math.min(size, MAX_SIZE)) + 40]);
    }
    if (isValid)
      fillTemplate(this.#draft, this.#command, {
        random,
        links: this.#view.links,
        place: (n) => this.#placeArray(n),
      });
    const mutations = random.weighted([
      [14, 0],
      [5, 1],
      [2, 2],
      [1, 4],
    ]);
    for (let i = 0; i < mutations; i++) size = this.#mutate(size, end);
    const known = Math.min(size, ATTR);
    this.#settleStart(known);
    settleAttr(this.#draft, this.#command, known, random, this.#view);
    const plan = this.#planInfo(attrAt, size);
    const masks = [...this.#masks(attrAt), ...(plan?.masks ?? [])];
    const patches = plan === null ? [] : this.#lay(plan.info.draft, plan.at, plan.info.length);
    // The attr may lie over the structure.
    if (typeof attrAt === 'number') patches.push(...this.#lay(this.#draft, attrAt, size));
    return {
      step: 'call',
      index: this.#index,
      command: this.#command,
      attr: attrAt,
      size,
      memory: this.#memory,
      patches,
      masks,
    };
  }

  #randomBytes(end: number): void {
    const { bytes } = this.#draft;
    const length = this.#random.percent(50) ? end : ATTR;
    for (let at = 0; at < length; at++) bytes[at] = this.#random.percent(40) ? 0 : this.#random.below(256);
  }

  #place(size: number): number | 'NULL' | 'far' {
    const random = this.#random;
    const reach = Math.min(size, 4096);
    return random.weighted<() => number | 'NULL' | 'far'>([
      [60, () => 8 * random.below(64)],
      [12, () => random.below(512)],
      [14, () => WINDOW - reach],
      [6, () => Math.max(0, WINDOW - reach - 4 * random.below(20))],
      [6, () => WINDOW - random.below(reach + 1)],
      [1, () => 'NULL'],
      [1, () => 'far'],
    ])();
  }

  /** Memory that nothing else of this call is read from. */
  #claim(length: number): number {
    for (let attempt = 0; attempt < 60; attempt++) {
      const at = this.#random.below(WINDOW - length + 1);
      if (this.#claimed.some(([start, end]) => at < end && start < at + length)) continue;
      this.#claimed.push([at, at + length]);
      return at;
    }
    throw new RangeError('a raw call needs more memory than there is');
  }

  /** Memory for an array: mostly its own, or up to the end of memory or across it, or over whatever else is there. */
  #placeArray(length: number): number {
    const random = this.#random;
    return random.weighted<() => number>([
      [50, () => this.#claim(length)],
      [10, () => WINDOW - random.below(length)],
      [30, () => WINDOW + 4 - random.below(40)],
      [5, () => random.below(WINDOW)],
      [5, () => this.#near()],
    ])();
  }

  /** A place in or around something of this call. */
  #near(): number {
    const [start, end] = this.#claimed.length === 0 ? [0, WINDOW] : this.#random.pick(this.#claimed);
    return Math.max(0, start - 16 + this.#random.below(Math.min(300, end - start + 32)));
  }

  /** Changes one thing; returns the size of the attr from there on. */
  #mutate(size: number, end: number): number {
    const random = this.#random;
    const draft = this.#draft;
    const word = 4 * random.below(Math.max(1, end >> 2));
    const inside = random.below(Math.max(1, end));
    const behind = end + random.below(Math.max(1, Math.min(MAX_SIZE, size) - end + 4));
    const kind = random.weighted([
      [4, 'flip'],
      [3, 'extreme'],
      [3, 'small'],
      [2, 'any'],
      [2, 'behind'],
      [2, 'shorter'],
      [1, 'longer'],
    ] as const);
    if (kind === 'flip') draft.flip(inside, random.below(8));
    else if (kind === 'extreme')
      draft.set(word, random.pick([0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]));
    else if (kind === 'small') draft.set(word, random.below(64));
    else if (kind === 'any') draft.set(word, random.word());
    else if (kind === 'behind') draft.flip(behind, 0);
    else if (kind === 'shorter') return this.#command === 'LINK_GET_NEXT_ID' ? 8 : random.below(end + 1);
    else return Math.min(MAX_SIZE, size + 1 + random.below(8));
    return size;
  }

  /** From 0 on the first id is a matter of what others have made, and for links there may be none. */
  #settleStart(size: number): void {
    if (!this.#command.endsWith('GET_NEXT_ID')) return;
    const draft = this.#draft;
    if (size < 4) draft.clear(0, 4);
    const isOpen = draft.valueAt(0) === undefined && draft.read(0, size) === 0;
    if (isOpen && this.#command === 'LINK_GET_NEXT_ID') draft.set(0, 1);
  }

  #planInfo(attrAt: RawCall['attr'], size: number): PlacedInfo | null {
    if (this.#command !== 'OBJ_GET_INFO_BY_FD') return null;
    const { fd, info, length, end } = attr.getInfo;
    if (size < end) return null;
    const object = this.#draft.valueAt(fd);
    const pointer = this.#draft.valueAt(info);
    if (object?.kind !== 'fd' || pointer?.kind !== 'address') return null;
    const plan = planInfo(this.#random, object.name, this.#background, (n) => this.#placeArray(n));
    const at = this.#placeInfo(plan, attrAt, size);
    this.#draft.put(info, { kind: 'address', offset: at });
    this.#draft.set(length, plan.length);
    return { info: plan, at, masks: masksOf(object.name, at, plan.length) };
  }

  /** In memory of its own, across the end of memory, or over a short attr that touches none of its pointers. */
  #placeInfo({ pointers, length }: InfoPlan, attrAt: RawCall['attr'], size: number): number {
    const random = this.#random;
    if (random.percent(8) && typeof attrAt === 'number' && size <= SHORT) {
      const at = attrAt - 4 * random.below(60) + random.below(12);
      const touches = (place: number) => place < attrAt + SHORT && attrAt < place + 8;
      if (at >= 0 && at <= WINDOW && length <= 4096 && !pointers.some((pointer) => touches(at + pointer)))
        return at;
    }
    const at = WINDOW - random.below(264);
    const isFree = this.#claimed.every(([, end]) => end <= at);
    if (!random.percent(12) || !isFree) return this.#claim(256);
    this.#claimed.push([at, WINDOW]);
    return at;
  }

  /** From 0 on the first id is that of whoever came first. */
  #masks(attrAt: RawCall['attr']): RawMask[] {
    const isOpen = this.#command.endsWith('GET_NEXT_ID') && this.#draft.valueAt(0) === undefined;
    return isOpen && typeof attrAt === 'number' ? [{ at: attrAt + attr.getFdById.nextId, length: 4 }] : [];
  }

  #lay(draft: RawDraft, at: number, size: number): RawCall['patches'][number][] {
    const length = Math.max(0, Math.min(size, draft.bytes.length, WINDOW - at));
    this.#memory.set(draft.bytes.subarray(0, length), at);
    return draft.patches(at, length);
  }
}
