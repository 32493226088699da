import { env } from 'node:process';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type Step, step, trailOf } from '../test/hooks.js';
import { type Attachment, after, before, first, Hook, last, replace } from './index.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);

test(`a hook and a plain list of functions agree on random sequences (seed ${seed}, MPROG_SEED sets another)`, () => {
  const functions = Array.from({ length: 6 }, (_, i) => step(String(i)));
  const operation = fc.record({
    verb: fc.constantFrom('first', 'last', 'before', 'after', 'replace', 'detach', 'close'),
    subject: fc.nat(5),
    object: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
      const hook = new Hook<Step>({ capacity: 4 });
      const list: number[] = [];
      const attachments = new Map<number, Attachment<Step>>();
      for (const { verb, subject, object } of operations) {
        const handler = functions[subject]!;
        const target = functions[object]!;
        const here = list.indexOf(subject);
        const there = list.indexOf(object);
        if (verb === 'detach') {
          expect(hook.tryDetach(handler)).toBe(here < 0 ? 'ENOENT' : undefined);
        } else if (verb === 'close') {
          attachments.get(subject)?.close();
        } else {
          const at = {
            first: first(),
            last: last(),
            before: before(target),
            after: after(target),
            replace: replace(target),
          };
          const relative = verb === 'before' || verb === 'after';
          let refusal: string | undefined;
          if (here >= 0) refusal = 'EEXIST';
          else if ((relative || verb === 'replace') && there < 0) refusal = 'ENOENT';
          else if (verb !== 'replace' && list.length === 4) refusal = 'ERANGE';
          const result = hook.tryAttach(handler, { at: at[verb] });
          if (typeof result === 'string') {
            expect(result).toBe(refusal);
          } else {
            expect(refusal).toBeUndefined();
            attachments.set(subject, result);
            const index = { first: 0, last: list.length, before: there, after: there + 1, replace: there }[
              verb
            ];
            list.splice(index, verb === 'replace' ? 1 : 0, subject);
          }
        }
        if ((verb === 'detach' || verb === 'close') && here >= 0) list.splice(here, 1);
        expect(trailOf(hook)).toBe(list.join(' '));
        for (const [name, attachment] of attachments) expect(attachment.closed).toBe(!list.includes(name));
      }
    }),
    { seed },
  );
});
