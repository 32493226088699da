import { info } from '@mprog/kernel';
import type { Random } from '../random.js';
import { RawDraft } from './raw-draft.js';
import { kindOf } from './raw-objects.js';
import type { RawMask } from './raw-step.js';
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
  /** Where ids are in it. */
  readonly ids: readonly number[];
}

const shapes: Readonly<Record<'program' | 'map' | 'btf' | 'link', InfoShape>> = {
  program: { size: program.size, pairs: programPairs, ids: [program.id, program.btfId] },
  map: { size: map.size, pairs: [[map.hashSize, map.hash]], ids: [map.id] },
  btf: {
    size: btf.size,
    pairs: [
      [btf.btfSize, btf.btf],
      [btf.nameLength, btf.name],
    ],
    ids: [btf.id],
  },
  link: { size: link.size, pairs: [], ids: [link.id, link.programId, link.ifindex, link.cgroupId + 4] },
};

/** The structure that a call of OBJ_GET_INFO_BY_FD points to. */
export interface InfoPlan {
  readonly draft: RawDraft;
  /** `info_len`. */
  readonly length: number;
  /** Where pointers stand in it that the kernel may read. */
  readonly pointers: readonly number[];
}

/**
 * Plans the structure for an object.
 *
 * @param background byte that it holds where nothing is chosen
 * @param place finds memory for an array
 */
export function planInfo(
  random: Random,
  name: string,
  background: number,
  place: (length: number) => number,
): InfoPlan {
  const kind = kindOf(name);
  const { size, pairs, ids } = shapes[kind === 'other' ? 'link' : kind];
  const draft = new RawDraft(4224);
  draft.bytes.fill(background);
  if (random.percent(75)) {
    draft.bytes.fill(0);
    for (const pair of pairs) if (random.percent(28)) choosePair(draft, random, pair, place);
    if (kind === 'program' && random.percent(60)) {
      const [functions, lines, jited] = random.percent(85) ? [8, 16, 8] : [random.below(20), 16, 9];
      draft.set(program.functionInfoSize, functions);
      draft.set(program.lineInfoSize, lines);
      draft.set(program.jitedLineInfoSize, jited);
    }
  }
  if (random.percent(6)) draft.flip(size + random.below(8), random.below(8));
  const length = random.weighted<() => number>([
    [10, () => size],
    [3, () => size + 1 + random.below(70)],
    [3, () => random.below(size)],
    // One that cuts an id.
    [2, () => random.pick(ids) + 1 + random.below(3)],
    [1, () => 0],
    [1, () => 4096],
    [1, () => 4097],
    [1, () => random.word()],
  ])();
  const pointers = pairs.map(([, pointer]) => pointer).filter((pointer) => pointer < length);
  for (const pointer of pointers) settlePointer(draft, pointer, length, random);
  return { draft, length, pointers };
}

/** What is not compared in the structure for an object, as far as the caller takes it. */
export function masksOf(name: string, at: number, length: number): RawMask[] {
  if (kindOf(name) !== 'program') return [];
  return unknowable
    .filter((field) => !field.told && field.at < length)
    .map((field) => ({ at: at + field.at, length: Math.min(field.length, length - field.at) }));
}

function choosePair(
  draft: RawDraft,
  random: Random,
  [count, pointer]: PairOf,
  place: (length: number) => number,
): void {
  draft.set(count, random.pick([0, 1, 2, 3, 4, 8, 32, 33, 65, 100, 1000, 0xffff_ffff]));
  random.weighted<() => void>([
    [9, () => draft.put(pointer, { kind: 'address', offset: place(256) })],
    [1, () => draft.clear(pointer, pointer + 8)],
    [1, () => draft.set64(pointer, farAddress(random))],
  ])();
}
