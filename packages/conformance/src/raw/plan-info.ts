import { info } from '@mprog/kernel';
import type { Random } from '../random.js';
import { RawDraft } from './raw-draft.js';
import { kindOf } from './raw-objects.js';
import type { RawMask, RawSlot, RawValue, SlotKind } from './raw-step.js';
import { WINDOW } from './raw-step.js';
import { farAddress, settlePointer } from './settle-attr.js';
import { unknowable } from './unknowable.js';

const { program, map, btf, link } = info;

/** A count or length in info, and the pointer to the array that it is of. */
type PairOf = readonly [count: number, pointer: number];

const programPairs: readonly PairOf[] = [
  [program.translatedLength, program.translated],
  [program.jitedLength, program.jited],
  [program.mapCount, program.mapIds],
  [program.symbolCount, program.symbols],
  [program.functionLengthCount, program.functionLengths],
  [program.functionInfoCount, program.functionInfo],
  [program.lineInfoCount, program.lineInfo],
  [program.jitedLineInfoCount, program.jitedLineInfo],
  [program.tagCount, program.tags],
];

interface InfoShape {
  readonly size: number;
  readonly pairs: readonly PairOf[];
  /** Ids in it. */
  readonly ids: readonly (readonly [at: number, kind: SlotKind])[];
}

const shapes: Readonly<Record<'program' | 'map' | 'btf' | 'link', InfoShape>> = {
  program: { size: program.size, pairs: programPairs, ids: [[program.id, 'program']] },
  map: { size: map.size, pairs: [[map.hashSize, map.hash]], ids: [[map.id, 'map']] },
  btf: {
    size: btf.size,
    pairs: [
      [btf.btfSize, btf.btf],
      [btf.nameLength, btf.name],
    ],
    ids: [[btf.id, 'btf']],
  },
  link: {
    size: link.size,
    pairs: [],
    ids: [
      [link.id, 'link'],
      [link.programId, 'program'],
      [link.ifindex, 'target of a link'],
    ],
  },
};

/** The structure that a call of OBJ_GET_INFO_BY_FD points to. */
export interface InfoPlan {
  readonly draft: RawDraft;
  /** `info_len`. */
  readonly length: number;
  readonly slots: readonly RawSlot[];
  readonly masks: readonly RawMask[];
}

/**
 * Plans the structure for an object.
 *
 * @param at where it will stand in memory
 * @param background byte that it holds where nothing is chosen
 * @param claim finds memory that nothing else uses
 */
export function planInfo(
  random: Random,
  name: string,
  at: number,
  background: number,
  claim: (length: number) => number,
): InfoPlan {
  const kind = kindOf(name);
  const { size, pairs, ids } = shapes[kind === 'other' ? 'link' : kind];
  const draft = new RawDraft(4224);
  draft.bytes.fill(background);
  const masks: RawMask[] = [];
  if (random.percent(75)) {
    draft.bytes.fill(0);
    for (const pair of pairs) if (random.percent(35)) choosePair(draft, random, pair, claim);
    if (kind === 'program' && random.percent(40)) {
      const [functions, lines, jited] = random.percent(85) ? [8, 16, 8] : [random.below(20), 16, 9];
      draft.set(program.functionInfoSize, functions);
      draft.set(program.lineInfoSize, lines);
      draft.set(program.jitedLineInfoSize, jited);
    }
  }
  if (random.percent(6)) draft.flip(size + random.below(8), random.below(8));
  let length = random.weighted([
    [10, size],
    [3, size + 1 + random.below(70)],
    [4, random.below(size)],
    [1, 0],
    [1, 4096],
    [1, 4097],
    [1, random.word()],
  ]);
  // An id that is cut could be read as that of something else.
  for (const [id, what] of ids) {
    const width = what === 'target of a link' ? 12 : 4;
    if (length > id && length < id + width) length = id;
  }
  for (const [, pointer] of pairs) if (pointer < length) settlePointer(draft, pointer, length, random, false);
  if (kind === 'program') masks.push(...settleUnknowable(draft, at, length, claim));
  const slots: RawSlot[] = ids
    .filter(([id]) => id < length)
    .map(([id, what]) => ({ at: at + id, count: 1, kind: what }));
  const maps = kind === 'program' ? draft.valueAt(program.mapIds) : undefined;
  if (maps?.kind === 'address') slots.push({ at: maps.offset, count: 8, kind: 'map' });
  return { draft, length, slots, masks };
}

function choosePair(
  draft: RawDraft,
  random: Random,
  [count, pointer]: PairOf,
  claim: (length: number) => number,
): void {
  draft.set(count, random.pick([0, 1, 2, 4, 8, 32, 33, 100, 0xffff_ffff]));
  const place = (): RawValue => ({ kind: 'address', offset: claim(256) });
  random.weighted<() => void>([
    [8, () => draft.put(pointer, place())],
    [1, () => draft.clear(pointer, pointer + 8)],
    [1, () => draft.set64(pointer, farAddress(random))],
    [1, () => draft.put(pointer, { kind: 'address', offset: WINDOW - random.below(20) })],
  ])();
}

/** Masks what no simulation can know, and lets the arrays for it lie whole in memory, as their sizes are not known. */
function settleUnknowable(
  draft: RawDraft,
  at: number,
  length: number,
  claim: (length: number) => number,
): RawMask[] {
  return unknowable.flatMap((field): RawMask[] => {
    if (field.at >= length) return [];
    const own = { at: at + field.at, length: Math.min(field.length, length - field.at) };
    if (field.array === undefined) return [own];
    const pointer = draft.valueAt(field.array.pointer);
    if (draft.read(field.at, length) === 0 || pointer?.kind !== 'address') {
      return field.array.masksCount ? [own] : [];
    }
    const offset = claim(field.array.room);
    draft.put(field.array.pointer, { kind: 'address', offset });
    const array = { at: offset, length: field.array.room };
    return field.array.masksCount ? [own, array] : [array];
  });
}
