import { describe } from 'vitest';
import type { Laboratory } from '../../src/index.js';
import { chapter7Hooks } from './chapter-7-hooks.js';
import { chapter7Links } from './chapter-7-links.js';
import { chapter7Objects } from './chapter-7-objects.js';

/** Chapter 7 of the specification: what the commands check before a layer is asked. */
export function chapter7(makeLaboratory: () => Laboratory): void {
  describe('hooks', () => chapter7Hooks(makeLaboratory));
  describe('links', () => chapter7Links(makeLaboratory));
  describe('objects', () => chapter7Objects(makeLaboratory));
}
