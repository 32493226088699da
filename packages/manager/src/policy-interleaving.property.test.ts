import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { before as beforeAnchor, first as firstAnchor } from '@mprog/core';
import { programId } from '@mprog/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApplyingThread } from '../test/interleaving/applying-thread.js';
import { PolicyStage } from '../test/stage/policy-stage.js';
import { violations } from '../test/stage/promises.js';
import type { SlotKind, Strategy } from './planner/problem.js';

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const RUNS = env.MPROG_RUNS === undefined ? 12 : Number(env.MPROG_RUNS);
/** How often each of them may apply until there is nothing left to do. */
const ROUNDS = 12;

const party = fc.record({
  strategy: fc.constantFrom<Strategy>('overlap', 'in-place', 'gap'),
  /** Which of its programs are on the hook from the start. */
  there: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
});
const scene = fc.record({
  parties: fc.tuple(party, party),
  attach: fc.constantFrom('link', 'program'),
  /** Whether there is a program that both policies name as their own. */
  common: fc.boolean(),
  walls: fc.array(fc.constantFrom<SlotKind>('link', 'direct'), { maxLength: 2 }),
  ranks: fc.array(fc.nat({ max: 1000 }), { minLength: 20, maxLength: 20 }),
  /** What somebody does who knows nothing of policies, each after so many turns of its own. */
  agent: fc.array(
    fc.record({
      turns: fc.nat({ max: 60 }),
      act: fc.constantFrom('attach', 'attach', 'link', 'detach'),
      at: fc.nat({ max: 10 }),
    }),
    { maxLength: 6 },
  ),
});

type Agent =
  typeof scene extends fc.Arbitrary<infer Scene extends { agent: unknown }> ? Scene['agent'] : never;

/** Somebody who attaches and detaches programs of its own, and what order they must be in. */
class ForeignAgent {
  readonly #stage: PolicyStage;
  readonly #order: number[];
  readonly #own: number[] = [];

  constructor(stage: PolicyStage, walls: readonly number[]) {
    this.#stage = stage;
    this.#order = [...walls];
  }

  get order(): readonly number[] {
    return this.#order;
  }

  act({ act, at }: Agent[number]): void {
    const { kernel, target } = this.#stage;
    if (act === 'detach') {
      const id = this.#own[at % Math.max(this.#own.length, 1)];
      if (id === undefined) return;
      using program = kernel.programs.open(id);
      kernel.attachments.detach(target, { programFd: program.fd });
      this.#own.splice(this.#own.indexOf(id), 1);
      this.#order.splice(this.#order.indexOf(id), 1);
      return;
    }
    const { fd, id } = this.#stage.load('guest');
    const index = at % (this.#order.length + 1);
    const next = this.#order[index];
    const anchors =
      next === undefined ? [] : at % 2 === 0 ? [firstAnchor()] : [beforeAnchor(programId(next))];
    if (act === 'link') kernel.links.create(target, fd, { anchors });
    else {
      kernel.attachments.attach(target, fd, { anchors });
      this.#own.push(id);
    }
    this.#order.splice(next === undefined ? this.#order.length : at % 2 === 0 ? 0 : index, 0, id);
  }
}

describe('two that apply compatible policies, and somebody else', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-interleaving-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test(`end in a chain that satisfies both (seed ${seed}, MPROG_SEED sets another)`, {
    timeout: 600_000,
  }, async () => {
    const counts = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        scene,
        fc.scheduler(),
        async ({ parties, attach, common, walls, ranks, agent }, scheduler) => {
          using stage = new PolicyStage('tcx', directory);
          const names = new Map<number, string>();
          const wallIds = walls.map((kind, index) => {
            const id = stage.attachForeign(`w${index}`, kind);
            names.set(id, `w${index}`);
            return id;
          });
          const own = ['a0', 'a1', 'a2', 'b0', 'b1', 'b2', ...(common ? ['c'] : [])];
          // What is pinned below mprog/ is ours, whoever of us comes.
          const pinOf = (name: string) =>
            name === 'c' ? '/sys/fs/bpf/mprog/common/c' : `/sys/fs/bpf/${name}`;
          stage.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/common');
          for (const name of own) {
            const { fd, id } = stage.load(name);
            names.set(id, name);
            stage.kernel.pins.pin(fd, pinOf(name));
          }
          // One order of all, of which each policy says a part.
          const hidden = wallIds.map((id) => names.get(id)!);
          for (const [index, name] of own.entries())
            hidden.splice(ranks[index]! % (hidden.length + 1), 0, name);
          const policyOf = (index: number, strategy: Strategy, only?: readonly boolean[]) => {
            const mine = ['a', 'b'][index]!;
            const wanted = own
              .filter((name) => name.startsWith(mine) || name === 'c')
              .filter((name, nth) => only === undefined || (name !== 'c' && only[nth]));
            const others = hidden.filter((name) => !name.startsWith(mine) && name !== 'c');
            // Of what neither of them moves both say the same, from the start; else they would wait for each other.
            // A program that both move has to be told from all that either knows.
            const known = others.filter(
              (name, nth) =>
                name.startsWith('w') || (only === undefined && (common || ranks[8 + nth]! % 2 === 0)),
            );
            return stage.policyBytes(
              {
                ...Object.fromEntries(wanted.map((name) => [name, { pinned: pinOf(name) }])),
                ...Object.fromEntries(known.map((name) => [name, { match: { name }, optional: true }])),
              },
              {
                order: hidden.filter((name) => wanted.includes(name) || known.includes(name)),
                attach,
                strategy,
              },
            );
          };
          const orders = parties.map(({ strategy, there }, index) => {
            if (there.some((is) => is)) {
              const earlier = policyOf(index, strategy, there);
              stage.apply(earlier, stage.state(`state-${index}`));
            }
            return policyOf(index, strategy);
          });

          const threads = orders.map(
            ({ bytes }, index) =>
              new ApplyingThread(stage.openProcess(), {
                stateDirectory: stage.state(`state-${index}`),
                directory: stage.directory,
                bytes,
                rounds: ROUNDS,
              }),
          );
          const somebody = new ForeignAgent(stage, wallIds);
          try {
            const pending = new Set<unknown>();
            const schedule = (who: unknown, label: string, action: () => void) => {
              if (pending.has(who)) return;
              pending.add(who);
              void scheduler.schedule(Promise.resolve(), label).then(() => {
                action();
                pending.delete(who);
              });
            };
            const turns = agent.flatMap((step) => [...Array<null>(step.turns).fill(null), step]);
            for (;;) {
              for (const thread of threads) {
                const label = await thread.standsStill();
                if (thread.outcomes === null) schedule(thread, label, () => thread.goOn());
              }
              if (threads.every(({ outcomes }) => outcomes !== null)) break;
              if (turns.length > 0) {
                schedule(somebody, 'somebody', () => {
                  const step = turns.shift();
                  if (step != null) somebody.act(step);
                });
              }
              await scheduler.waitOne();
            }
          } finally {
            await Promise.all(threads.map((thread) => thread.end()));
          }

          for (const { outcomes } of threads) {
            for (const { error } of outcomes ?? []) {
              // Others may stand in the way for a while; what is refused then says so.
              if (error !== null) expect(['ESTALE', 'ERR_CONTRADICTION']).toContain(error.code);
            }
          }
          for (const { outcomes } of threads) {
            for (const { outcome, attempts } of outcomes ?? []) {
              counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
              if (attempts > 1) counts.set('again', (counts.get('again') ?? 0) + 1);
            }
          }
          const said = JSON.stringify(threads.map(({ outcomes }) => outcomes));
          // Whoever ended before the other one was done goes on once more.
          for (const [index, order] of [...orders, ...orders].entries()) {
            const [outcome] = stage.apply(order, stage.state(`state-${index % 2}`));
            expect(outcome?.error ?? null, said).toBeNull();
            if (index >= 2) expect(outcome?.outcome).toBe('unchanged');
          }
          const chain = stage.chain();
          const end = chain.map(({ program }) => names.get(program) ?? 'guest');
          for (const { policy } of orders) {
            const [entry] = policy.hooks;
            const pairs = entry!.constraints.map(({ before, after }) => [before, after] as const);
            expect(violations(end, { pairs, first: null, last: null })).toEqual([]);
          }
          expect(end.filter((name) => own.includes(name)).sort()).toEqual(own);
          expect(chain.map(({ program }) => program).filter((id) => somebody.order.includes(id))).toEqual(
            somebody.order,
          );
          expect(chain.length).toBe(own.length + somebody.order.length);
          const left = [...stage.pins().keys()].filter(
            (path) => path.includes('/stand-ins/') || path.includes('~'),
          );
          expect(left).toEqual([]);
        },
      ),
      { seed, numRuns: RUNS, endOnFailure: true },
    );
    // They really met.
    expect(counts.get('again') ?? 0).toBeGreaterThan(0);
    if (env.MPROG_COUNTS !== undefined) console.log(counts);
  });
});
