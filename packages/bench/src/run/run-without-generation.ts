import type { Benchmark, Effort, Row, Table } from '../benchmark.js';
import { type Contender, compare, interleave } from '../measure.js';
import { contender, runAnother } from './contender.js';
import { SourceText } from './source-text.js';
import * as subjects from './subjects.js';

const LENGTHS = [1, 4, 16, 64];
const BASELINE = 'by hand, through a field';
const LOOP = 'loop over an array';
const OWN = 'Hook.run';

/** The tiers of a hook in words. */
const WORDS = {
  loop: 'its loop',
  handler: 'its only handler itself',
  generated: 'generated code',
  templates: 'templates',
} as const satisfies Record<subjects.Tier, string>;

/** G3: running hot hooks where no code may be generated. */
export const runWithoutGeneration: Benchmark = {
  goals: ['G3'],
  minutes: 0.2,
  title: 'run-without-generation: a hot hook where code may not be generated',
  options: ['--disallow-code-generation-from-strings'],
  async run(effort) {
    using text = new SourceText();
    const heat = Math.max(10_001, Math.round(30_000 * effort.scale));
    const early = new Map<number, Contender>();
    for (const length of LENGTHS) early.set(length, await madeHook('', length, text, effort, heat));
    for (let other = 0; other < 80; other++) {
      for (const make of [subjects.hook, subjects.plainLoop]) {
        const { subject, call } = await make(
          await text.handlers(other % 2 === 0 ? 4 : 16, 100 * other),
          text,
        );
        (await text.loop(subject, call))(heat, { kind: 0, n: 0 });
      }
    }
    const tables: Table[] = [];
    for (const length of LENGTHS) {
      const own = early.get(length) as Contender;
      // A single handler needs no template, so that it makes no difference when it came.
      const late = length === 1 ? undefined : await madeHook(' that are used up', length, text, effort, heat);
      const measured = [
        await made(BASELINE, subjects.byHandThroughField, length, text, effort, heat),
        own,
        await made(LOOP, subjects.plainLoop, length, text, effort, heat),
        ...(late === undefined ? [] : [late]),
      ];
      const samples = await interleave(measured, effort);
      const rows: Row[] = [
        compare(samples, BASELINE),
        compare(samples, own.name, BASELINE, { limit: 1.1 }),
        compare(samples, LOOP, BASELINE),
        ...(late === undefined ? [] : [compare(samples, late.name, LOOP, { limit: 1.05 })]),
      ];
      tables.push({ title: `${length} ${length === 1 ? 'handler' : 'handlers'}`, rows });
    }
    return tables;
  },
};

/** A hot hook, named after the tier that it says it is in. */
async function madeHook(
  suffix: string,
  length: number,
  text: SourceText,
  effort: Effort,
  heat: number,
): Promise<Contender> {
  const { subject, call } = await subjects.hook(await text.handlers(length), text);
  const loop = await text.loop(subject, call);
  const measured = contender(OWN, loop, length, effort);
  loop(heat, { kind: 0, n: 0 });
  return { ...measured, name: `${OWN}, by ${WORDS[subjects.tierOf(subject)]}${suffix}` };
}

type Make = (typeof subjects)['hook'];

async function made(
  name: string,
  make: Make,
  length: number,
  text: SourceText,
  effort: Effort,
  heat: number,
): Promise<Contender> {
  const { subject, call } = await make(await text.handlers(length), text);
  const loop = await text.loop(subject, call);
  if (name === BASELINE) await runAnother(subject as { run: unknown }, loop, text, effort);
  const measured = contender(name, loop, length, effort);
  loop(heat, { kind: 0, n: 0 });
  return measured;
}
