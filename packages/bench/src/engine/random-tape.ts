import { Chain } from '@mprog/core';
import { ENTRY, type Entry, flag, verb, writeEntry } from './entry.js';
import { randomNumbers } from './random.js';
import { act } from './replay.js';

/** Links and programs have handles below this, as in native/engine.c. */
const HANDLES = 256;
const PROGRAMS = 80;
const USUAL_LENGTH = 20;

/**
 * A tape of random operations: 30 % attach in all ways, 30 % detach, 10 % replace, 30 % query, on a chain of around 20.
 *
 * @param valid whether every operation succeeds; otherwise some are refused, for every reason that there is
 */
export function randomTape(length: number, valid: boolean, seed = 618): Int32Array {
  const random = randomNumbers(seed);
  const chain = new Chain();
  const tape = new Int32Array(length * ENTRY);
  for (let i = 0; i < tape.length; ) {
    writeEntry(tape, i, randomEntry(chain, valid, random));
    if (typeof act(tape, i, chain) === 'number' || !valid) i += ENTRY;
  }
  return tape;
}

function randomEntry(chain: Chain, valid: boolean, random: (below: number) => number): Entry {
  const dice = random(100);
  const length = chain.count;
  if (dice >= 70) return { verb: verb.query };
  const grow = valid ? random(2 * USUAL_LENGTH) >= length : dice < 40;
  const slot = random(length);
  const program = 1 + random(PROGRAMS);
  const link = random(3) === 0 ? freeLink(chain, random) : 0;
  const revision = [0, 0, 0, chain.revision][random(4)] as number;
  const place = randomPlace(chain, valid, random);
  const stale = !valid && random(20) === 0 ? { revision: chain.revision + 1 } : { revision };
  if (dice < 10) {
    const [replace, owner] = length > 0 ? [chain.programAt(slot), chain.linkAt(slot)] : [program, 0];
    return { verb: verb.attach, program, link: valid || random(8) > 0 ? owner : link, replace, ...stale };
  }
  if (grow) return { verb: verb.attach, program, link, ...place, ...stale };
  if (random(4) === 0) return { verb: verb.detach, ...place, ...stale };
  if (!valid && random(2) === 0) return { verb: verb.detach, program, ...stale };
  return { verb: verb.detach, program: chain.programAt(slot), link: chain.linkAt(slot), ...stale };
}

/** Nothing, first, last, before or after a program or a link; where refusals are wanted also what does not agree. */
function randomPlace(
  chain: Chain,
  valid: boolean,
  random: (below: number) => number,
): { flags: number; relative: number } {
  const slot = random(chain.count);
  const link = chain.linkAt(slot);
  const here = link !== 0 && random(2) === 0 ? -link : chain.programAt(slot);
  const relative = valid || random(6) > 0 ? here : 1 + random(PROGRAMS);
  const kinds = [
    { flags: 0, relative: 0 },
    { flags: flag.before, relative: 0 },
    { flags: flag.after, relative: 0 },
    { flags: flag.before, relative },
    { flags: flag.after, relative },
    { flags: flag.before, relative },
    { flags: flag.after, relative },
    { flags: flag.before | flag.after, relative },
    { flags: 0, relative },
    { flags: flag.qualified, relative: 0 },
  ];
  return kinds[random(valid ? 7 : kinds.length)] as { flags: number; relative: number };
}

function freeLink(chain: Chain, random: (below: number) => number): number {
  for (;;) {
    const link = 1 + random(HANDLES - 1);
    if (chain.indexOfLink(link) < 0) return link;
  }
}
