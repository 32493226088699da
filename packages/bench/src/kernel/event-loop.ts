import { flag, type Kernel, type TcxHook, tcx } from '@mprog/kernel';
import type { Benchmark } from '../benchmark.js';
import { type Contender, compare, interleave } from '../measure.js';
import { inLaboratory } from './in-laboratory.js';

/** How often each thing is done while the loop is watched. */
const TIMES = 10;
const TURNS = 50;
const NEXT = -1;

const NOTHING = 'nothing';
const CALLS = { synchronous: 'attach, detach', later: 'attachLater, detachLater' };
const LINKS = { synchronous: 'a link: create, close', later: 'a link: createLater, closeLater' };
const REPLACE = 'query, replace';

/** How long the event loop stands still while something waits for the kernel. */
export const eventLoop: Benchmark = {
  goals: ['G4'],
  minutes: 0.6,
  title: 'event-loop: the longest time between two of its turns, meanwhile',
  run: (effort) =>
    inLaboratory('event loop', async (laboratory, kernel) => {
      const hook = tcx('ingress', laboratory.addDevice());
      const [stays, comes] = [laboratory.loadVerdict(NEXT), laboratory.loadVerdict(NEXT)] as const;
      kernel.attachments.attach(hook, stays);
      const times = Math.max(1, Math.round(TIMES * effort.scale));
      const contenders = Object.entries(works(kernel, hook, stays, comes)).map(
        ([name, [changes, work]]): Contender => {
          const { pass } = watched(name, times, work);
          return { name, pass: () => checked(name, kernel, hook, times * changes, pass) };
        },
      );
      for (const { pass } of contenders) await pass();
      const samples = await interleave(contenders, effort);
      const rows = [
        compare(samples, NOTHING),
        compare(samples, REPLACE),
        compare(samples, CALLS.synchronous),
        compare(samples, CALLS.later, CALLS.synchronous),
        compare(samples, LINKS.synchronous),
        compare(samples, LINKS.later, LINKS.synchronous),
      ];
      return [{ title: 'longest gap', rows: rows.map((row) => ({ ...row, unit: 'µs' })) }];
    }),
};

function works(
  { attachments, links }: Kernel,
  hook: TcxHook,
  stays: number,
  comes: number,
): Readonly<Record<string, readonly [changes: number, work: () => Promise<void>]>> {
  return {
    [NOTHING]: [
      0,
      async () => {
        for (let i = 0; i < TURNS; i++) await turn();
      },
    ],
    [REPLACE]: [
      2,
      async () => {
        for (const [fd, old] of [
          [comes, stays],
          [stays, comes],
        ] as const) {
          attachments.tryAttach(hook, fd, { flags: flag.REPLACE, relative: 0, replaceFd: old });
          attachments.query(hook);
          await turn();
        }
      },
    ],
    [CALLS.synchronous]: [
      2,
      async () => {
        attachments.attach(hook, comes);
        await turn();
        attachments.detach(hook, { programFd: comes });
        await turn();
      },
    ],
    [CALLS.later]: [
      2,
      async () => {
        await attachments.attachLater(hook, comes);
        await attachments.detachLater(hook, { programFd: comes });
      },
    ],
    [LINKS.synchronous]: [
      2,
      async () => {
        const link = links.create(hook, comes);
        await turn();
        link.close();
        await turn();
      },
    ],
    [LINKS.later]: [
      2,
      async () => {
        const link = await links.createLater(hook, comes);
        await link.closeLater();
      },
    ],
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A pass after which the chain must be what it was, and its revision so many changes further. */
async function checked(
  name: string,
  { attachments }: Kernel,
  hook: TcxHook,
  changes: number,
  pass: Contender['pass'],
): Promise<number> {
  const before = attachments.query(hook);
  const time = await pass();
  const after = attachments.query(hook);
  const programs = ({ attachments }: typeof before): string =>
    String(attachments.map(({ programId }) => programId));
  if (after.revision !== before.revision + changes || programs(after) !== programs(before)) {
    throw new Error(
      `${name}: ${programs(after)} with revision ${after.revision}, not ${programs(before)} and ${changes} changes from ${before.revision}`,
    );
  }
  return time;
}

/** Passes that give the longest gap between two turns of the loop, in microseconds, while the work is done. */
function watched(name: string, times: number, work: () => Promise<void>): Contender {
  const pass = async (): Promise<number> => {
    let longest = 0;
    let before = performance.now();
    let watching = true;
    const watch = (): void => {
      const now = performance.now();
      longest = Math.max(longest, now - before);
      before = now;
      if (watching) setImmediate(watch);
    };
    setImmediate(watch);
    for (let i = 0; i < times; i++) await work();
    await turn();
    watching = false;
    return longest * 1_000;
  };
  return { name, pass };
}
