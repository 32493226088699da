import { describe, expect, test } from 'vitest';
import { describeObjectMap, isNamedLike, mapMisfit } from './object-map.js';

const form = { type: 1, keySize: 4, valueSize: 8 };
const map = (name: string) => describeObjectMap({ name, ...form, maxEntries: 16 });

describe('the map of an object', () => {
  test.each([
    ['blocked', null, false],
    ['rodata', null, false],
    ['parts_bp.bss', '.bss', false],
    ['parts_bp.data', '.data', false],
    ['parts_bp.rodata', '.rodata', true],
    ['.rodata.tables', '.rodata.tables', true],
    ['.data.rodata', '.data.rodata', false],
    ['parts_b.kconfig', '.kconfig', true],
  ])('%s stands for section %s, of constants: %s', (name, section, readOnly) => {
    expect(map(name)).toMatchObject({ section, readOnly });
  });

  test.each([
    ['blocked', 'blocked', true],
    ['blocked', 'blocked_ports', false],
    ['blocked_ports_of_udp', 'blocked_ports_o', true],
    ['blocked_ports_of_udp', 'blocked_ports_of', false],
    ['parts_bp.bss', 'parts_bp.bss', true],
    ['parts_bp.bss', 'firewall.bss', true],
    ['parts_bp.bss', 'parts_bp.data', false],
    ['parts_bp.bss', 'bss', false],
    ['.data.configuration', '.data.configura', true],
    ['.data.configuration', '.data.config', false],
    ['blocked', 'blocked.bss', false],
  ])('%s is named %s by the kernel: %s', (name, kernelName, expected) => {
    expect(isNamedLike(map(name), kernelName)).toBe(expected);
  });

  test('says in words what does not fit', () => {
    const { name: _, ...wanted } = map('blocked');
    expect(mapMisfit(wanted, { ...form, maxEntries: 7 })).toBeNull();
    expect(mapMisfit(wanted, { type: 9, keySize: 4, valueSize: 16, maxEntries: 16 })).toBe(
      'its type is 9, and the object wants 1; its value size is 16, and the object wants 8',
    );
    expect(mapMisfit(wanted, { ...form, keySize: 2, maxEntries: 16 })).toBe(
      'its key size is 2, and the object wants 4',
    );
    expect(mapMisfit(map('parts_bp.bss'), { ...form, maxEntries: 7 })).toBe(
      'its number of entries is 7, and the object wants 16',
    );
  });
});
