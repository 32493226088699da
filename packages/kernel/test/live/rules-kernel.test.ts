import { test } from 'vitest';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { chapter1 } from '../suites/chapter-1.js';
import { chapter2 } from '../suites/chapter-2.js';
import { chapter7 } from '../suites/chapter-7.js';
import { chapter7Capabilities } from '../suites/chapter-7-capabilities.js';
import { chapter8 } from '../suites/chapter-8.js';
import { chapter9 } from '../suites/chapter-9.js';
import { chapter10 } from '../suites/chapter-10.js';
import { liveSuite, netkitReason } from './requirements.js';

const laboratory = () => openLinuxLaboratory();

liveSuite('chapter 1 on the running kernel', () => chapter1(laboratory));
liveSuite('chapter 2 on the running kernel', () => chapter2(laboratory));
liveSuite('chapter 7 on the running kernel', () => chapter7(laboratory));
liveSuite('chapter 8 on the running kernel', () => chapter8(laboratory));
liveSuite('chapter 10 on the running kernel', () => chapter10(laboratory));
liveSuite('section 7.10 on the running kernel', () => chapter7Capabilities(laboratory));
liveSuite('chapter 9 on the running kernel', () => {
  const why = netkitReason();
  if (why === null) chapter9(laboratory);
  else test('needs netkit', ({ skip }) => skip(why));
});
