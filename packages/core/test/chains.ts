import { attach, Chain, isRefusal } from '../src/index.js';

/** One attachment for {@link chainOf}: a program, or a program and the link that owns its slot. */
export type Entry = number | readonly [program: number, link: number];

/** A chain with the given attachments in that order; its revision is their number plus 1. */
export function chainOf(entries: readonly Entry[], capacity?: number): Chain {
  const chain = new Chain(capacity === undefined ? {} : { capacity });
  for (const entry of entries) {
    const [program, link] = typeof entry === 'number' ? [entry, 0] : entry;
    const result = attach(chain, { program, link });
    if (isRefusal(result)) throw new Error(`the chain cannot be made: ${result}`);
  }
  return chain;
}

/** The attachments of a chain in the form that {@link chainOf} takes. */
export function entriesOf(chain: Chain): Entry[] {
  const { programs, links } = chain.save();
  return programs.map((program, i) => (links[i] === 0 ? program : [program, links[i] as number]));
}

/** A full chain of the kernel's capacity with programs 1 to 63. */
export function fullChain(): Chain {
  return chainOf(Array.from({ length: 63 }, (_, i) => i + 1));
}
