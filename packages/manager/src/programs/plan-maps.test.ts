import type { MapInfo, ObjectMap } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { planMaps } from './plan-maps.js';

const wanted = (name: string, parts: Partial<ObjectMap> = {}): ObjectMap => ({
  name,
  section: null,
  type: 1,
  keySize: 4,
  valueSize: 8,
  maxEntries: 16,
  readOnly: false,
  ...parts,
});
const found = (id: number, name: string, parts: Partial<MapInfo> = {}): MapInfo => ({
  id,
  name,
  type: 1,
  keySize: 4,
  valueSize: 8,
  maxEntries: 16,
  ...parts,
});

describe('maps of a newer version', () => {
  test('those that were there go on, others are made', () => {
    const { maps, problems } = planMaps(
      [wanted('seen'), wanted('blocked')],
      [found(7, 'seen'), found(8, 'old')],
    );
    expect(problems).toEqual([]);
    expect(maps).toEqual([
      { name: 'seen', action: 'reuse', id: 7 },
      { name: 'blocked', action: 'create', id: null },
    ]);
  });

  test('a name that the kernel has cut is found again', () => {
    const { maps } = planMaps([wanted('addresses_of_guests')], [found(7, 'addresses_of_gu')]);
    expect(maps).toEqual([{ name: 'addresses_of_guests', action: 'reuse', id: 7 }]);
  });

  test('variables go on, constants do not', () => {
    const variables = { type: 2, maxEntries: 1 };
    const { maps, problems } = planMaps(
      [
        wanted('better.bss', { ...variables, section: '.bss' }),
        wanted('better.rodata', { ...variables, section: '.rodata', readOnly: true }),
      ],
      [found(7, 'good.bss', variables), found(8, 'good.rodata', { ...variables, valueSize: 99 })],
    );
    expect(problems).toEqual([]);
    expect(maps.map(({ action, id }) => [action, id])).toEqual([
      ['reuse', 7],
      ['create', null],
    ]);
  });

  test('one that does not fit is a problem, and so is each further one', () => {
    const { problems } = planMaps(
      [wanted('seen'), wanted('blocked')],
      [found(7, 'seen', { valueSize: 4 }), found(8, 'blocked', { type: 9, keySize: 2 })],
    );
    expect(problems).toEqual([
      { name: 'seen', reason: 'its value size is 4, and the object wants 8' },
      {
        name: 'blocked',
        reason: 'its type is 9, and the object wants 1; its key size is 2, and the object wants 4',
      },
    ]);
  });

  test('another number of entries fits, as long as it is none of variables', () => {
    expect(planMaps([wanted('seen')], [found(7, 'seen', { maxEntries: 1 })]).problems).toEqual([]);
    const bss = wanted('o.bss', { section: '.bss', type: 2, maxEntries: 1 });
    expect(planMaps([bss], [found(7, 'o.bss', { type: 2, maxEntries: 2 })]).problems).toHaveLength(1);
  });

  test.each([
    [[wanted('addresses_of_guests'), wanted('addresses_of_guards')], [found(7, 'addresses_of_gu')], 2],
    [[wanted('seen')], [found(7, 'seen'), found(8, 'seen')], 1],
  ])('names that the kernel does not tell apart are a problem', (objectMaps, kernelMaps, count) => {
    const { maps, problems } = planMaps(objectMaps, kernelMaps);
    expect(maps).toEqual([]);
    expect(problems).toHaveLength(count);
    expect(problems[0]?.reason).toContain('several maps are called like it');
  });
});
