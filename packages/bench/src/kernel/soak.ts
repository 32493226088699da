import { replace } from '@mprog/core';
import { type Kernel, programFd, type TcxHook, tcx } from '@mprog/kernel';
import type { Benchmark } from '../benchmark.js';
import { cpuTime } from '../measure.js';
import { inLaboratory } from './in-laboratory.js';

/** In one process, all rounds together. */
const QUERIES = 10_000_000;
const CHAIN = 3;
const NEXT = -1;
/** One query in so many is followed by a replace, by new garbage, by a full collection. */
const EACH = { replace: 10, garbage: 20, collection: 20_000 };
/** Memory that is freed and given out again under the client's calls: what a stray write of the kernel would hit. */
const CANARIES = 512;
const PATTERN = 0xa5;

/** G9: very many queries and replaces while memory is collected and given out again, every answer looked at. */
export const soak: Benchmark = {
  goals: ['G9'],
  minutes: 1,
  title: 'soak: 10 million queries and 1 million replaces in each process, while garbage is collected',
  options: ['--expose-gc'],
  run: (effort) =>
    inLaboratory('soak', async (laboratory, kernel) => {
      const hook = tcx('ingress', laboratory.addDevice());
      const fds = Array.from({ length: CHAIN + 1 }, () => laboratory.loadVerdict(NEXT));
      for (const fd of fds.slice(0, CHAIN)) kernel.attachments.attach(hook, fd);
      const queries = Math.max(1_000, Math.round((QUERIES / effort.rounds) * effort.scale));
      const values: number[] = [];
      for (let round = 0; round < effort.rounds; round++) {
        effort.progress?.(round + 1, effort.rounds);
        values.push(cpuTime(() => work(kernel, hook, fds, queries)) / queries);
      }
      return [{ title: 'one query, its share of the rest included', rows: [{ name: 'query', values }] }];
    }),
};

function work(
  { attachments, programs }: Kernel,
  hook: TcxHook,
  fds: readonly number[],
  queries: number,
): void {
  const ids = new Map(fds.map((fd) => [fd, programs.info(fd).id]));
  const chain = attachments.query(hook).attachments.map(({ programId }) => programId);
  let revision = attachments.query(hook).revision;
  const canaries: Uint8Array[] = [];
  for (let i = 1; i <= queries; i++) {
    const answer = attachments.query(hook);
    const same = answer.attachments.every(
      ({ programId, linkId }, at) => programId === chain[at] && linkId === 0,
    );
    if (answer.revision !== revision || answer.attachments.length !== CHAIN || !same) {
      throw new Error(`query ${i} gave ${JSON.stringify(answer)}, not ${chain} with revision ${revision}`);
    }
    if (i % EACH.replace === 0) {
      const at = i % CHAIN;
      const old = fds.find((fd) => ids.get(fd) === chain[at]) as number;
      const idle = fds.find((fd) => !chain.includes(ids.get(fd) as number)) as number;
      attachments.attach(hook, idle, { anchors: [replace(programFd(old))] });
      chain[at] = ids.get(idle) as number;
      revision++;
    }
    if (i % EACH.garbage === 0) exchangeCanary(canaries, i);
    if (i % EACH.collection === 0) gc?.();
  }
}

/** Looks at the oldest piece of memory and lets go of it for a fresh one, of the sizes of an attr and of its arrays. */
function exchangeCanary(canaries: Uint8Array[], turn: number): void {
  const at = (turn / EACH.garbage) % CANARIES;
  if (canaries[at]?.some((byte) => byte !== PATTERN)) throw new Error(`memory changed before query ${turn}`);
  canaries[at] = new Uint8Array([64, 96, 256, 512][at % 4] as number).fill(PATTERN);
}
