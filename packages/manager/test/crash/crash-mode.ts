/**
 * How many deaths are died, by `MPROG_CRASH`: `some` without it, `all` of them, or all of them with a second one right after
 * each (`twice`).
 */
export type CrashMode = 'some' | 'all' | 'twice';

/** @throws Error for another word */
export function crashMode(): CrashMode {
  const word = process.env.MPROG_CRASH ?? '';
  if (word === '') return 'some';
  if (word === 'all' || word === 'twice') return word;
  throw new Error(`MPROG_CRASH is ${JSON.stringify(word)}, and may be all or twice`);
}
