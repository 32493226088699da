import { attr, info, programType } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { planRaw } from './plan-raw.js';
import { rawCommands } from './raw-fields.js';
import { kindOf, rawPrograms } from './raw-objects.js';
import { type RawCall, WINDOW } from './raw-step.js';

const SEEDS = 500;
const KNOWN = 168;

/** What a call has of what raw calls may have, in words. */
function featuresOf(call: RawCall): string[] {
  const { attr: at, size, command } = call;
  const features = [`${command}, ${sizeOf(size, rawCommands[command]!.end)}`];
  if (typeof at !== 'number') return [...features, `${command}, attr ${at}`];
  if (at === WINDOW && size > 0) features.push('attr behind the end');
  if (at < WINDOW && at + Math.min(size, 4096) > WINDOW) features.push(`${command}, attr across the end`);
  for (const { at: place, cut, value } of call.patches) {
    if (cut !== undefined) features.push(`${value.kind} cut to ${cut}`);
    if (place === at && value.kind === 'fd' && command === 'OBJ_GET_INFO_BY_FD') {
      features.push(...infoFeatures(call, at, value.name));
    }
  }
  const fields = command === 'PROG_QUERY' ? rawCommands.PROG_QUERY!.fields : [];
  for (const field of fields) {
    if (field.kind !== 'pointer' || at + attr.progQuery.end > WINDOW || size < attr.progQuery.end) continue;
    features.push(`array ${field.at} of a query ${placeOf(call, at + field.at)}`);
  }
  return features;
}

function infoFeatures(call: RawCall, at: number, name: string): string[] {
  const { memory } = call;
  const kind = kindOf(name);
  const pointer = call.patches.find((patch) => patch.at === at + attr.getInfo.info)?.value;
  if (kind === 'other' || pointer?.kind !== 'address' || at + 16 > WINDOW) return [];
  const start = pointer.offset;
  const length = new DataView(memory.buffer).getUint32(at + attr.getInfo.length, true);
  const features: string[] = [];
  if (start < WINDOW && start + length > WINDOW && length <= 4096)
    features.push(`${kind} info across the end`);
  if (start < at + 16 && at < start + length) features.push(`${kind} info over its attr`);
  for (const id of ids[kind]) {
    if (length > id && length < id + 4) features.push(`${kind} id ${id} cut to ${length - id}`);
  }
  for (const field of pointers[kind]) {
    if (start + field + 8 > WINDOW || field + 8 > length) continue;
    features.push(`array ${field} of ${kind} info ${placeOf(call, start + field)}`);
  }
  return features;
}

/** Where an array lies that a field points to, as far as 40 bytes of it tell. */
function placeOf({ memory, patches }: RawCall, field: number): string {
  const value = patches.find((patch) => patch.at === field)?.value;
  if (value?.kind === 'address') {
    if (value.offset >= WINDOW) return 'behind the end';
    return value.offset + 40 > WINDOW ? 'across the end' : 'in memory';
  }
  const address = new DataView(memory.buffer).getBigUint64(field, true);
  if (address === 0n) return 'NULL';
  return address >> 63n === 1n ? 'non-canonical, upper half' : 'non-canonical, lower half';
}

function sizeOf(size: number, end: number): string {
  if (size > 4096) return 'size over a page';
  if (size > KNOWN) return 'size over the known attr';
  if (size === 0) return 'size 0';
  return size < end ? 'size short' : size === end ? 'size exact' : 'size long';
}

const { program, link, map, btf } = info;
const ids = {
  program: [program.id, program.btfId],
  map: [map.id],
  btf: [btf.id],
  link: [link.id, link.programId, link.ifindex],
} as const;
const pointers = {
  program: [
    program.jited,
    program.translated,
    program.mapIds,
    program.symbols,
    program.functionLengths,
    program.functionInfo,
    program.lineInfo,
    program.jitedLineInfo,
    program.tags,
  ],
  map: [map.hash],
  btf: [btf.btf, btf.name],
  link: [],
} as const;
const kinds = ['program', 'map', 'btf', 'link'] as const;
const places = [
  'in memory',
  'across the end',
  'behind the end',
  'NULL',
  'non-canonical, lower half',
  'non-canonical, upper half',
];

test('every part of what raw calls may have comes up', () => {
  const found = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const step of planRaw({ seed, ops: 100, without: [] })) {
      if (step.step === 'call') for (const feature of featuresOf(step)) found.add(feature);
    }
  }
  const sizes = [
    'size 0',
    'size short',
    'size exact',
    'size long',
    'size over the known attr',
    'size over a page',
  ];
  const wanted = [
    ...Object.keys(rawCommands)
      // Past the last link of a run come those of others.
      .flatMap((name) => sizes.map((size) => `${name}, ${size}`))
      .filter((feature) => feature !== 'LINK_GET_NEXT_ID, size 0'),
    ...Object.keys(rawCommands).flatMap((name) => [`${name}, attr across the end`, `${name}, attr NULL`]),
    ...Object.keys(rawCommands).map((name) => `${name}, attr far`),
    'attr behind the end',
    ...['fd', 'ifindex'].flatMap((kind) => [1, 2, 3].map((bytes) => `${kind} cut to ${bytes}`)),
    ...rawCommands
      .PROG_QUERY!.fields.filter(({ kind }) => kind === 'pointer')
      .flatMap(({ at }) => places.map((place) => `array ${at} of a query ${place}`)),
    ...kinds.flatMap((kind) => [
      `${kind} info across the end`,
      `${kind} info over its attr`,
      ...ids[kind].flatMap((id) => [1, 2, 3].map((bytes) => `${kind} id ${id} cut to ${bytes}`)),
      ...pointers[kind].flatMap((at) => places.map((place) => `array ${at} of ${kind} info ${place}`)),
    ]),
  ];
  expect(wanted.filter((feature) => !found.has(feature))).toEqual([]);
});

test('there are programs of SCHED_CLS and of each type of cgroups', () => {
  const types = new Set(rawPrograms.map(({ type }) => type));
  const wanted = Object.entries(programType).filter(([name]) => /^(SCHED_CLS|SOCK_OPS|CGROUP_)/.test(name));
  expect(wanted.length).toBeGreaterThan(7);
  expect(wanted.filter(([, type]) => !types.has(type)).map(([name]) => name)).toEqual([]);
});
