import { describe } from 'vitest';
import type { Laboratory } from '../../src/index.js';
import { chapter10Attach } from './chapter-10-attach.js';
import { chapter10Beside } from './chapter-10-beside.js';
import { chapter10Hierarchy } from './chapter-10-hierarchy.js';
import { chapter10Links } from './chapter-10-links.js';
import { chapter10Placing } from './chapter-10-placing.js';
import { chapter10Query } from './chapter-10-query.js';
import { chapter10Run } from './chapter-10-run.js';

/** Chapter 10 of the specification: cgroup. */
export function chapter10(makeLaboratory: () => Laboratory): void {
  describe('attach', () => chapter10Attach(makeLaboratory));
  describe('placing', () => chapter10Placing(makeLaboratory));
  describe('hierarchy', () => chapter10Hierarchy(makeLaboratory));
  describe('detach and query', () => chapter10Query(makeLaboratory));
  describe('links', () => chapter10Links(makeLaboratory));
  describe('run time', () => chapter10Run(makeLaboratory));
  describe('beside', () => chapter10Beside(makeLaboratory));
}
