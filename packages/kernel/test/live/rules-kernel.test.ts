import { describe } from 'vitest';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { chapter1 } from '../suites/chapter-1.js';
import { chapter2 } from '../suites/chapter-2.js';
import { chapter7 } from '../suites/chapter-7.js';
import { chapter7Capabilities } from '../suites/chapter-7-capabilities.js';
import { chapter8 } from '../suites/chapter-8.js';
import { chapter9 } from '../suites/chapter-9.js';
import { chapter10 } from '../suites/chapter-10.js';
import { cgroupReason, liveSuite, netkitReason, unless } from './requirements.js';

const laboratory = () => openLinuxLaboratory();
// Whoever looks through all ids of this machine holds, for a moment, what a test has just let go.
const shared = { retry: 3 };

liveSuite('the rules on the running kernel', () => {
  describe('chapter 1', shared, () => chapter1(laboratory));
  describe('chapter 2', shared, () => chapter2(laboratory));
  describe('chapter 7', shared, () => chapter7(laboratory));
  describe('section 7.10', shared, () => unless(cgroupReason(), () => chapter7Capabilities(laboratory)));
  describe('chapter 8', shared, () => chapter8(laboratory));
  describe('chapter 9', shared, () => unless(netkitReason(), () => chapter9(laboratory)));
  describe('chapter 10', shared, () => unless(cgroupReason(), () => chapter10(laboratory)));
});
