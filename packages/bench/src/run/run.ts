import type { Benchmark, Effort, Table } from '../benchmark.js';
import { type Contender, compare, cpuTimeAsync, interleave } from '../measure.js';
import { check, contender, runAnother } from './contender.js';
import { SourceText } from './source-text.js';
import * as subjects from './subjects.js';

const LENGTHS = [1, 4, 16, 64];
const OTHERS = 16;
const BASELINE = 'by hand, through a field';

const OWN = 'Hook.run';

/** What one would write instead of a hook; no library is behind them. */
const techniques = {
  [BASELINE]: subjects.byHandThroughField,
  'by hand, known to the caller': subjects.byHand,
  [OWN]: subjects.hook,
  'loop over an array': subjects.plainLoop,
  'closures that call the next': subjects.composition,
};
/** Other libraries, each of which the goal wants to be slower. */
const peers = {
  'tapable SyncBailHook': subjects.tapable,
  eventemitter3: subjects.eventEmitter,
  'hookable, synchronous caller': subjects.hookable,
};
const contenders = { ...techniques, ...peers };
const asynchronous = {
  'by hand, awaited': subjects.byHandAsync,
  'Hook.runAsync': subjects.hookAsync,
  'hookable callHook': subjects.hookableAsync,
};

/** G2: running hot hooks, beside calls written by hand and other libraries. */
export const run: Benchmark = {
  goals: ['G2'],
  minutes: 0.8,
  title: 'run: a hot hook, beside calls by hand and other libraries',
  async run(effort) {
    using text = new SourceText();
    const tables: Table[] = [];
    for (const length of LENGTHS) tables.push(...(await measure(length, text, effort)));
    for (const length of LENGTHS) tables.push(await measureAsync(length, text, effort));
    return tables;
  },
};

async function measure(length: number, text: SourceText, effort: Effort): Promise<Table[]> {
  await runOthers(length, text, effort);
  const measured: Contender[] = [];
  for (const [name, make] of Object.entries(contenders)) {
    const made = await make(await text.handlers(length), text);
    const loop = await text.loop(made.subject, made.call);
    if (name === BASELINE) await runAnother(made.subject as { run: unknown }, loop, text, effort);
    measured.push(contender(name, loop, length, effort));
    if (name === OWN && subjects.tierOf(made.subject) === 'loop') throw new Error('the hook is not hot');
  }
  const samples = await interleave(measured, effort);
  const title = `${length} ${length === 1 ? 'handler' : 'handlers'}`;
  const [, ...others] = Object.keys(techniques);
  return [
    {
      title,
      rows: [
        compare(samples, BASELINE),
        ...others.map((name) => compare(samples, name, BASELINE, name === OWN ? { limit: 1.1 } : {})),
      ],
    },
    {
      title: `${title}, other libraries`,
      rows: [
        compare(samples, OWN),
        ...Object.keys(peers).map((name) => compare(samples, name, OWN, { above: 1 })),
      ],
    },
  ];
}

/** Lets other hooks of the same length run through the code that the contenders share with them. */
async function runOthers(length: number, text: SourceText, effort: Effort): Promise<void> {
  const times = Math.max(1, Math.round(12_000 * effort.scale));
  for (let other = 1; other <= OTHERS; other++) {
    for (const make of Object.values(contenders)) {
      const { subject, call } = await make(await text.handlers(length, 100 * other), text);
      (await text.loop(subject, call))(times, { kind: 0, n: 0 });
    }
  }
}

async function measureAsync(length: number, text: SourceText, effort: Effort): Promise<Table> {
  const measured: Contender[] = [];
  const add = async (name: string, { subject, call }: subjects.Subject): Promise<void> => {
    const loop = await text.loopAsync(subject, call);
    const context = { kind: 0, n: 0 };
    await loop(1, context);
    check(name, context, length, 1);
    const times = Math.max(1, Math.round((100_000 / (length + 4)) * effort.scale));
    for (let warm = 0; warm < 20 * effort.scale; warm++) await loop(times, context);
    const pass = async (): Promise<number> => {
      context.n = 0;
      const time = await cpuTimeAsync(() => loop(times, context));
      check(name, context, length, times);
      return time / times;
    };
    measured.push({ name, pass });
  };
  for (const [name, make] of Object.entries(asynchronous)) {
    await add(name, await make(await text.handlers(length), text));
  }
  await add('koa-compose', subjects.koaCompose(await text.middleware(length)));
  const samples = await interleave(measured, effort);
  const [baseline, ...others] = measured.map(({ name }) => name);
  const rows = others.map((name) => compare(samples, name, baseline));
  return {
    title: `${length} ${length === 1 ? 'handler' : 'handlers'}, each awaited`,
    rows: [compare(samples, baseline as string), ...rows],
  };
}
