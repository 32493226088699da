/**
 * Why an operation on a chain was refused; the names are those of the kernel's errors.
 *
 * The engine itself answers `ESTALE`, `EEXIST`, `ENOENT`, `EBUSY`, `ERANGE` and `EINVAL`; `EBADF` and `EAGAIN` (and
 * `EINVAL`, `ENOENT` in their look-up sense, spec 4.2) come from the host's function that looks up the relative object.
 */
export type Refusal = 'ESTALE' | 'EEXIST' | 'ENOENT' | 'EBUSY' | 'ERANGE' | 'EINVAL' | 'EBADF' | 'EAGAIN';

/** The rule behind a refusal in words, and what to do about it. */
export interface RefusalText {
  readonly rule: string;
  readonly remedy: string;
}

/** Every refusal with its rule and its remedy, for messages and help texts. */
export const refusalTexts: Readonly<Record<Refusal, RefusalText>> = Object.freeze({
  ESTALE: Object.freeze({
    rule: 'the revision differs from the expected one',
    remedy: 'somebody changed the chain since it was read: query it again and decide anew',
  }),
  EEXIST: Object.freeze({
    rule: 'the program is on this chain already',
    remedy: 'a program can be on a chain once: detach it first or attach another one',
  }),
  ENOENT: Object.freeze({
    rule: 'a program or link that the request names is not on this chain',
    remedy: 'query the chain and name one that is there',
  }),
  EBUSY: Object.freeze({
    rule: 'the attachment is owned by a link or by another link than the request names',
    remedy: 'act through the link that owns it',
  }),
  ERANGE: Object.freeze({
    rule: 'the chain is full, or the directives name different positions',
    remedy: 'detach a program first, or give one directive only',
  }),
  EINVAL: Object.freeze({
    rule: 'the request combines what does not go together',
    remedy: 'give before, after or replace together with a relative object',
  }),
  EBADF: Object.freeze({
    rule: 'the relative object is not an open file descriptor',
    remedy: 'open the program or link and keep it open during the call',
  }),
  EAGAIN: Object.freeze({
    rule: 'the relative link is still being created',
    remedy: 'try again when its creation has returned',
  }),
});

/**
 * Tells a refusal from a successful result.
 *
 * @example
 * const result = attach(chain, { program: 7 });
 * if (isRefusal(result)) console.log(refusalTexts[result].rule);
 */
export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'string' && Object.hasOwn(refusalTexts, result);
}
