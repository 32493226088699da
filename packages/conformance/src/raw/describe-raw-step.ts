import { type RawCall, type RawStep, type RawValue, WINDOW } from './raw-step.js';

/** Words of an attr that are printed at the most. */
const WORDS = 42;

/**
 * A step as a line of a script: the command, where its attr is, its size, the words of the attr by offset as far as they
 * are not zero, and what its pointers lead to.
 *
 * @example
 * describeRawStep(step); // 'PROG_ATTACH, 32 bytes at 64: 0 ifindex of d0, 4 fd of p1, 8 0x2e'
 */
export function describeRawStep(step: RawStep): string {
  if (step.step === 'close') return `close the fd of ${step.link}`;
  const { command, attr, size } = step;
  if (typeof attr !== 'number') {
    const where = attr === 'NULL' ? 'NULL' : 'an address that no memory has';
    return `${command}, ${size} bytes at ${where}`;
  }
  const end = Math.min(size, WINDOW - attr);
  const words = describeWords(step, attr, Math.min(attr + end, attr + WORDS * 4));
  const past = size > WINDOW - attr ? ', across the end of memory' : '';
  const behind = step.memory
    .subarray(attr + Math.min(end, WORDS * 4), attr + end)
    .findIndex((byte) => byte !== 0);
  const junk = behind < 0 ? '' : `, byte ${WORDS * 4 + behind} not zero`;
  const lines = [`${command}, ${size} bytes at ${attr}${past}: ${words.join(', ') || 'all zero'}${junk}`];
  if (command === 'OBJ_GET_INFO_BY_FD') lines.push(...describeInfo(step, attr));
  return lines.join('\n       ');
}

function describeInfo(call: RawCall, attr: number): string[] {
  const pointer = call.patches.find(({ at }) => at === attr + 8)?.value;
  if (pointer?.kind !== 'address') return [];
  const view = new DataView(call.memory.buffer);
  const length = attr + 8 <= WINDOW ? view.getUint32(attr + 4, true) : 0;
  const words = describeWords(call, pointer.offset, Math.min(WINDOW, pointer.offset + Math.min(length, 232)));
  return words.length === 0 ? [] : [`info: ${words.join(', ')}`];
}

function describeWords({ memory, patches }: RawCall, from: number, to: number): string[] {
  const words: string[] = [];
  for (let at = from; at < to; at += 4) {
    const patch = patches.find((other) => other.at === at);
    if (patch !== undefined) {
      words.push(`${at - from} ${describeValue(patch.value)}`);
      if (patch.value.kind === 'address') at += 4;
      continue;
    }
    const bytes = memory.subarray(at, Math.min(to, at + 4));
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (value !== 0) words.push(`${at - from} 0x${value.toString(16)}`);
  }
  return words;
}

function describeValue(value: RawValue): string {
  if (value.kind !== 'address') return `${value.kind} of ${value.name}`;
  return value.offset < WINDOW ? `&${value.offset}` : `&end+${value.offset - WINDOW}`;
}
