import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import { Kernel, tcx } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../test/scratch-directory.js';
import { Manager } from './manager.js';

const SEED = 20260805;

/** One step; numbers choose among what is there, modulo its count. */
type Step =
  | { readonly kind: 'foreign'; readonly program: number }
  | {
      readonly kind: 'attach';
      readonly program: number;
      readonly before: readonly number[];
      readonly after: readonly number[];
      readonly link: boolean;
      readonly replace: number | null;
    }
  | { readonly kind: 'detach'; readonly at: number; readonly force: boolean };

interface Member {
  readonly id: number;
  readonly ours: boolean;
  readonly link: boolean;
}

const choice = fc.nat({ max: 30 });
/** Mostly none: on a short chain every reference is one more way to be refused. */
const references = fc.oneof(
  { weight: 3, arbitrary: fc.constant<readonly number[]>([]) },
  { weight: 1, arbitrary: fc.array(choice, { minLength: 1, maxLength: 2 }) },
);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('foreign' as const), program: choice }),
    fc.record({
      kind: fc.constant('attach' as const),
      program: choice,
      before: references,
      after: references,
      link: fc.boolean(),
      replace: fc.oneof(fc.constant(null), fc.constant(null), choice),
    }),
    fc.record({ kind: fc.constant('detach' as const), at: choice, force: fc.boolean() }),
  ),
  { minLength: 4, maxLength: 16, size: 'max' },
);

/** What a step should lead to, by a plain array; a code for a refusal. */
function model(chain: readonly Member[], step: Step, id: number): readonly Member[] | string {
  if (step.kind === 'foreign') {
    return chain.some((member) => member.id === id) ? 'EEXIST' : [...chain, { id, ours: false, link: false }];
  }
  if (step.kind === 'detach') {
    const member = chain[step.at % Math.max(chain.length, 1)];
    if (member === undefined) return 'ENOENT';
    if (!member.ours && !step.force) return 'ERR_FOREIGN';
    return chain.filter((other) => other !== member);
  }
  if (chain.some((member) => member.id === id)) return 'EEXIST';
  if (chain.length === 0) {
    const named = step.before.length + step.after.length > 0 || step.replace !== null;
    return named ? 'ENOENT' : [{ id, ours: true, link: step.link }];
  }
  const before = step.before.map((at) => chain[at % chain.length]!);
  const after = step.after.map((at) => chain[at % chain.length]!);
  const replaced = step.replace === null ? null : chain[step.replace % chain.length]!;
  if (replaced !== null && !replaced.ours) return 'ERR_FOREIGN';
  if (replaced !== null && step.link && !replaced.link) return 'EINVAL';
  const link = replaced?.link ?? step.link;
  const own: Member = { id, ours: true, link };
  const results = Array.from({ length: chain.length + 1 }, (_, at) => [
    ...chain.slice(0, at),
    own,
    ...chain.slice(at),
  ])
    .map((all) => all.filter((member) => member !== replaced))
    .filter((all) => replaced === null || all.indexOf(own) === chain.indexOf(replaced))
    .filter((all) => before.every((member) => all.indexOf(own) < all.indexOf(member)))
    .filter((all) => after.every((member) => all.includes(member) && all.indexOf(own) > all.indexOf(member)));
  return results.at(-1) ?? 'ERR_CONTRADICTION';
}

test(`any sequence of changes leads where a plain array leads (seed ${SEED})`, { timeout: 120_000 }, () => {
  const directory = scratchDirectory('mprog-model-');
  let run = 0;
  try {
    fc.assert(
      fc.property(steps, (sequence) => {
        using laboratory = new SimulatedLaboratory();
        const kernel = new Kernel(laboratory.host);
        const hook = tcx('ingress', laboratory.addDevice('eth0'));
        const manager = new Manager({ kernel, stateDirectory: join(directory, String(run++)) });
        const programs = Array.from({ length: 5 }, (_, i) => {
          const fd = laboratory.loadVerdict(-1, { name: `p${i}` });
          return { fd, id: kernel.programs.info(fd).id };
        });
        let chain: readonly Member[] = [];
        for (const step of sequence) {
          const { fd, id } = programs['program' in step ? step.program % programs.length : 0]!;
          const expected = model(chain, step, id);
          const name = (at: number) => `id:${chain[at % Math.max(chain.length, 1)]?.id ?? 1}`;
          let found: string | null = null;
          try {
            if (step.kind === 'foreign') kernel.attachments.attach(hook, fd);
            else if (step.kind === 'detach') {
              manager.detach('tcx/ingress@eth0', name(step.at), { force: step.force });
            } else {
              manager.attach('tcx/ingress@eth0', `id:${id}`, {
                before: step.before.map(name),
                after: step.after.map(name),
                link: step.link,
                ...(step.replace === null ? {} : { replace: name(step.replace) }),
                ...(step.link && step.replace === null ? { pin: `/sys/fs/bpf/mprog/p${id}` } : {}),
              });
            }
          } catch (error) {
            if (!MprogError.is(error)) throw error;
            found = error.code;
          }
          if (typeof expected === 'string') expect(found).toBe(expected);
          else {
            expect(found).toBeNull();
            chain = expected;
          }
          const { hooks } = manager.show('tcx/ingress@eth0');
          const members = hooks[0]!.attachments.map(({ program, link, ours }) => ({
            id: program.id,
            ours,
            link: link !== null,
          }));
          expect(members).toEqual(chain);
        }
      }),
      { seed: SEED, numRuns: 120 },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
