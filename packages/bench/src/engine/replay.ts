import { attach, Chain, detach, query, type Refusal } from '@mprog/core';
import { ENTRY, flag, verb } from './entry.js';

/** The error numbers of Linux, negative, as native/engine.c returns them. */
const numbers: Readonly<Partial<Record<Refusal, number>>> = {
  ENOENT: -2,
  EBUSY: -16,
  EEXIST: -17,
  EINVAL: -22,
  ERANGE: -34,
  ESTALE: -116,
};
const programIds = new Int32Array(64);
const linkIds = new Int32Array(64);
// Own constants, because an exported one is looked up wherever it is used.
const { attach: ATTACH, detach: DETACH } = verb;
const { before: BEFORE, after: AFTER, qualified: QUALIFIED } = flag;
const LENGTH = ENTRY;

/**
 * Does every operation of a tape on a chain, by the calls and the objects that a user writes.
 *
 * @returns a number that depends on every result, as the one of native/engine.c
 */
export function replayTape(tape: Int32Array, chain: Chain): number {
  let check = 0;
  for (let i = 0; i < tape.length; i += LENGTH) {
    const verb = tape[i];
    const result =
      verb === ATTACH
        ? attachEntry(tape, i, chain)
        : verb === DETACH
          ? detachEntry(tape, i, chain)
          : queryChain(chain);
    if (typeof result === 'number') check = (check + result) | 0;
  }
  return check >>> 0;
}

/** The result of every operation and then the chain, in the words of native/engine.c. */
export function transcribeTape(tape: Int32Array): string {
  const chain = new Chain();
  const words: string[] = [];
  for (let i = 0; i < tape.length; i += LENGTH) {
    const result = act(tape, i, chain);
    words.push(String(typeof result === 'number' ? result : numbers[result]));
  }
  const { programs, links, revision } = chain.save();
  return [...words, ...programs.map((program, i) => `${program}/${links[i]}`), revision].join(' ');
}

/** Does the operation of a tape that begins at an index. */
export function act(tape: Int32Array, i: number, chain: Chain): number | Refusal {
  switch (tape[i]) {
    case ATTACH:
      return attachEntry(tape, i, chain);
    case DETACH:
      return detachEntry(tape, i, chain);
    default:
      return queryChain(chain);
  }
}

function attachEntry(tape: Int32Array, i: number, chain: Chain): number | Refusal {
  const flags = tape[i + 4] as number;
  return attach(chain, {
    program: tape[i + 1] as number,
    link: tape[i + 2] as number,
    replace: tape[i + 3] as number,
    before: (flags & BEFORE) !== 0,
    after: (flags & AFTER) !== 0,
    qualified: (flags & QUALIFIED) !== 0,
    relative: tape[i + 5] as number,
    expectedRevision: tape[i + 6] as number,
  });
}

function detachEntry(tape: Int32Array, i: number, chain: Chain): number | Refusal {
  const flags = tape[i + 4] as number;
  return detach(chain, {
    program: tape[i + 1] as number,
    link: tape[i + 2] as number,
    before: (flags & BEFORE) !== 0,
    after: (flags & AFTER) !== 0,
    qualified: (flags & QUALIFIED) !== 0,
    relative: tape[i + 5] as number,
    expectedRevision: tape[i + 6] as number,
  });
}

function queryChain(chain: Chain): number | Refusal {
  const result = query(chain, { capacity: 64, programs: programIds, links: linkIds });
  if (typeof result === 'string') return result;
  const { count, revision } = result;
  return count === 0 ? 0 : (programIds[count - 1] as number) + (linkIds[0] as number) + revision + count;
}
