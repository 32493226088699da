import { describe } from 'vitest';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { chapter1 } from '../suites/chapter-1.js';
import { chapter2 } from '../suites/chapter-2.js';
import { chapter3 } from '../suites/chapter-3.js';
import { chapter4 } from '../suites/chapter-4.js';
import { chapter5 } from '../suites/chapter-5.js';
import { chapter6 } from '../suites/chapter-6.js';
import { chapter7 } from '../suites/chapter-7.js';
import { chapter7Capabilities } from '../suites/chapter-7-capabilities.js';
import { chapter8 } from '../suites/chapter-8.js';
import { chapter9 } from '../suites/chapter-9.js';
import { chapter10 } from '../suites/chapter-10.js';
import { besideOthers, cgroupReason, liveSuite, netkitReason, unless } from './requirements.js';

const laboratory = () => openLinuxLaboratory();

const body = () => {
  describe('chapter 1', () => chapter1(laboratory));
  describe('chapter 2', () => chapter2(laboratory));
  describe('chapter 3', () => chapter3(laboratory));
  describe('chapter 4', () => chapter4(laboratory));
  describe('chapter 5', () => chapter5(laboratory));
  describe('chapter 6', () => chapter6(laboratory));
  describe('chapter 7', () => chapter7(laboratory));
  describe('section 7.10', () => unless(cgroupReason(), () => chapter7Capabilities(laboratory)));
  describe('chapter 8', () => chapter8(laboratory));
  describe('chapter 9, where there is netkit', () => unless(netkitReason(), () => chapter9(laboratory)));
  describe('chapter 10', () => unless(cgroupReason(), () => chapter10(laboratory)));
};

liveSuite('the rules on the running kernel', body, besideOthers);
