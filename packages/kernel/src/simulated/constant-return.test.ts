import { expect, test } from 'vitest';
import { constantReturn } from './constant-return.js';

const program = (...instructions: readonly (readonly number[])[]) => Uint8Array.from(instructions.flat());
const exit = [0x95, 0, 0, 0, 0, 0, 0, 0];
const move = (register: number, value: number) => [
  0xb7,
  register,
  0,
  0,
  value & 0xff,
  value < 0 ? 0xff : 0,
  0,
  0,
];

test.each([
  ['r0 = 3; exit', program(move(0, 3), exit), 3],
  ['r0 = -1; exit', program([0xb7, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], exit), -1],
  ['r1 = 3; exit', program(move(1, 3), exit), null],
  ['exit', program(exit), null],
  ['r0 = 3; r0 = 2; exit', program(move(0, 3), move(0, 2), exit), null],
  ['r0 += 3; exit', program([0x07, 0, 0, 0, 3, 0, 0, 0], exit), null],
  ['r0 = 3; r0 = 3', program(move(0, 3), move(0, 3)), null],
  ['nothing', program(), null],
])('%s', (_, instructions, value) => {
  expect(constantReturn(instructions)).toBe(value);
});
