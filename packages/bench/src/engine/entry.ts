/** What one entry of a tape asks for; native/engine.c has the same numbers. */
export const verb = { attach: 0, detach: 1, query: 2 } as const;

/** The flags of an entry, as native/engine.c has them. */
export const flag = { before: 1, after: 2, qualified: 4 } as const;

/** How many 32-bit integers an entry takes: verb, program, link, replace, flags, relative, revision, and one unused. */
export const ENTRY = 8;

/** One operation on a chain; what is absent is 0. */
export interface Entry {
  readonly verb: number;
  readonly program?: number;
  readonly link?: number;
  readonly replace?: number;
  readonly flags?: number;
  readonly relative?: number;
  readonly revision?: number;
}

/** Operations as the numbers that both engines read. */
export function writeTape(entries: readonly Entry[]): Int32Array {
  const tape = new Int32Array(entries.length * ENTRY);
  entries.forEach((entry, i) => {
    writeEntry(tape, i * ENTRY, entry);
  });
  return tape;
}

/** Writes one operation to its place. */
export function writeEntry(tape: Int32Array, at: number, entry: Entry): void {
  const { verb, program = 0, link = 0, replace = 0, flags = 0, relative = 0, revision = 0 } = entry;
  tape.set([verb, program, link, replace, flags, relative, revision], at);
}
