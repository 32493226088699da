import { describe, expect, test } from 'vitest';
import { matchLinks } from './match-links.js';

const links = [
  { id: 7, programId: 1 },
  { id: 8, programId: 2 },
  { id: 9, programId: 2 },
];

describe('matchLinks', () => {
  test('one entry and one link belong together; one entry without a link is direct', () => {
    expect(matchLinks([3, 1], links, true)).toEqual([{ kind: 'direct' }, { kind: 'link', id: 7 }]);
  });

  test('several entries of one program are unknown, whatever their links', () => {
    const unknown = { kind: 'unknown', links: [8, 9] };
    expect(matchLinks([2, 1, 2], links, true)).toEqual([unknown, { kind: 'link', id: 7 }, unknown]);
    expect(matchLinks([1, 1], links, true)).toEqual([
      { kind: 'unknown', links: [7] },
      { kind: 'unknown', links: [7] },
    ]);
  });

  test('more links than entries are of a moment ago', () => {
    expect(matchLinks([2], links, true)).toEqual([{ kind: 'unknown', links: [8, 9] }]);
  });

  test('where not all links are known, no entry is direct for certain', () => {
    expect(matchLinks([3, 1], links, false)).toEqual([
      { kind: 'unknown', links: [] },
      { kind: 'link', id: 7 },
    ]);
  });
});
