import { expect, test } from 'vitest';
import { clip } from './clip.js';

test('clip leaves 120 characters alone and takes the middle out of more', () => {
  const whole = `${'a'.repeat(60)}${'z'.repeat(60)}`;
  expect(clip(whole)).toBe(whole);
  expect(clip('')).toBe('');
  const clipped = clip(`${'a'.repeat(3000)}${'z'.repeat(3000)}`);
  expect(clipped).toBe(`${'a'.repeat(69)}…${'z'.repeat(50)}`);
  expect(clipped).toHaveLength(120);
});

test('clip cuts no character in two', () => {
  const clipped = clip(`x${'😀'.repeat(500)}`);
  expect(Array.from(clipped)).toHaveLength(120);
  expect(clipped).toBe(`x${'😀'.repeat(68)}…${'😀'.repeat(50)}`);
  expect(clip('😀'.repeat(120))).toBe('😀'.repeat(120));
});
