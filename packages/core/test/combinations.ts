import type { Refusal } from '../src/index.js';
import type { Entry } from './chains.js';

/**
 * One case of the tables of combinations: their row, what is special, what is attached, the request and what follows.
 * The engine and both kernels run the same cases.
 */
export type Combination<Outcome, Request = CombinedRequest> = readonly [
  row: string,
  what: string,
  entries: readonly Entry[],
  request: Request,
  outcome: Outcome,
];

/** A request in words that a chain and a kernel understand. Attaching takes program 9 unless it names one. */
export interface CombinedRequest {
  readonly program?: number;
  readonly link?: number;
  readonly replace?: number;
  readonly before?: boolean;
  readonly after?: boolean;
  /** A program, minus a link, or the refusal of its look-up. Programs from 70 on are nowhere attached. */
  readonly relative?: number | (() => Refusal);
  /** ID or LINK is set, and resolves. */
  readonly qualified?: boolean;
}

/** Detaching takes what names no program to replace. */
export type CombinedDetach = Omit<CombinedRequest, 'replace'>;

/** Programs 1 to 63. */
export const FULL: readonly Entry[] = Array.from({ length: 63 }, (_, i) => i + 1);

/** Spec 4.4: the order that follows, or the refusal. */
export const ATTACH_COMBINATIONS: readonly Combination<Refusal | readonly Entry[]>[] = [
  ['–', 'appends', [1, 2], {}, [1, 2, 9]],
  ['–', 'on an empty chain', [], {}, [9]],
  ['BEFORE', 'prepends', [1, 2], { before: true }, [9, 1, 2]],
  ['BEFORE', 'on an empty chain', [], { before: true }, [9]],
  ['AFTER', 'appends', [1, 2], { after: true }, [1, 2, 9]],
  ['AFTER', 'on an empty chain', [], { after: true }, [9]],
  ['BEFORE R', 'R first', [1, 2], { before: true, relative: 1 }, [9, 1, 2]],
  ['BEFORE R', 'R last', [1, 2], { before: true, relative: 2 }, [1, 9, 2]],
  ['AFTER R', 'R first', [1, 2], { after: true, relative: 1 }, [1, 9, 2]],
  ['AFTER R', 'R last', [1, 2], { after: true, relative: 2 }, [1, 2, 9]],
  ['BEFORE R', 'R a link', [1, [2, 5]], { before: true, relative: -5 }, [1, 9, [2, 5]]],
  ['AFTER R', 'R a link', [1, [2, 5], 3], { after: true, relative: -5 }, [1, [2, 5], 9, 3]],
  ['BEFORE R', 'R the program of a link', [1, [2, 5]], { before: true, relative: 2 }, [1, 9, [2, 5]]],
  ['BEFORE + AFTER, no relative', 'two here', [1, 2], { before: true, after: true }, 'ERANGE'],
  ['BEFORE + AFTER, no relative', 'on an empty chain', [], { before: true, after: true }, 'ERANGE'],
  ['BEFORE + AFTER R', 'R here', [1, 2], { before: true, after: true, relative: 1 }, 'ERANGE'],
  ['BEFORE + AFTER R', 'R absent', [1, 2], { before: true, after: true, relative: 77 }, 'ENOENT'],
  ['REPLACE', 'in the middle', [1, 2, 3], { replace: 2 }, [1, 9, 3]],
  [
    'REPLACE + BEFORE R',
    'O directly before R',
    [1, 2, 3],
    { replace: 2, before: true, relative: 3 },
    [1, 9, 3],
  ],
  ['REPLACE + BEFORE R', 'O elsewhere', [1, 2, 3], { replace: 1, before: true, relative: 3 }, 'ERANGE'],
  ['REPLACE + BEFORE R', 'O = R', [1, 2, 3], { replace: 2, before: true, relative: 2 }, 'ERANGE'],
  ['REPLACE + AFTER R', 'O directly after R', [1, 2, 3], { replace: 2, after: true, relative: 1 }, [1, 9, 3]],
  ['REPLACE + AFTER R', 'O elsewhere', [1, 2, 3], { replace: 3, after: true, relative: 1 }, 'ERANGE'],
  ['REPLACE + AFTER R', 'O = R', [1, 2, 3], { replace: 2, after: true, relative: 2 }, 'ERANGE'],
  [
    'REPLACE + BEFORE or AFTER without relative',
    'BEFORE, O first',
    [1, 2],
    { replace: 1, before: true },
    'ERANGE',
  ],
  [
    'REPLACE + BEFORE or AFTER without relative',
    'BEFORE, O last',
    [1, 2],
    { replace: 2, before: true },
    'ERANGE',
  ],
  [
    'REPLACE + BEFORE or AFTER without relative',
    'AFTER, O first',
    [1, 2],
    { replace: 1, after: true },
    'ERANGE',
  ],
  [
    'REPLACE + BEFORE or AFTER without relative',
    'AFTER, O last',
    [1, 2],
    { replace: 2, after: true },
    'ERANGE',
  ],
  ['REPLACE + BEFORE + AFTER', 'no R', [1, 2], { replace: 1, before: true, after: true }, 'ERANGE'],
  [
    'REPLACE + BEFORE + AFTER',
    'R here',
    [1, 2, 3],
    { replace: 2, before: true, after: true, relative: 3 },
    'ERANGE',
  ],
  [
    'REPLACE + BEFORE + AFTER',
    'R absent',
    [1, 2],
    { replace: 1, before: true, after: true, relative: 77 },
    'ENOENT',
  ],
  ['REPLACE + relative, no BEFORE/AFTER', 'that is here', [1, 2], { replace: 1, relative: 2 }, [9, 2]],
  ['REPLACE + relative, no BEFORE/AFTER', 'that is absent', [1, 2], { replace: 1, relative: 77 }, [9, 2]],
  [
    'REPLACE + relative, no BEFORE/AFTER',
    'that cannot be resolved',
    [1, 2],
    { replace: 1, relative: () => 'EINVAL' },
    'EINVAL',
  ],
  ['REPLACE + relative, no BEFORE/AFTER', 'by ID or LINK', [1, 2], { replace: 1, qualified: true }, [9, 2]],
  ['REPLACE, P = O', 'the only one', [1], { program: 1, replace: 1 }, 'EEXIST'],
  ['REPLACE, P = O', 'beside another', [1, 2], { program: 1, replace: 1 }, 'EEXIST'],
  ['REPLACE, P attached elsewhere in the hook', 'directly', [1, 2], { program: 2, replace: 1 }, 'EEXIST'],
  [
    'REPLACE, P attached elsewhere in the hook',
    'by a link',
    [1, [2, 5]],
    { program: 2, replace: 1 },
    'EEXIST',
  ],
  ['relative / ID / LINK without a directive', 'a relative', [1, 2], { relative: 1 }, 'EINVAL'],
  [
    'relative / ID / LINK without a directive',
    'one that cannot be resolved',
    [1],
    { relative: () => 'EBADF' },
    'EBADF',
  ],
  ['relative / ID / LINK without a directive', 'ID or LINK', [1, 2], { qualified: true }, 'EINVAL'],
];

/** Spec 4.4 on the full hook: what is ERANGE there. */
export const ATTACH_FULL: readonly (readonly [what: string, request: CombinedRequest])[] = [
  ['append', {}],
  ['BEFORE', { before: true }],
  ['AFTER', { after: true }],
  ['BEFORE R', { before: true, relative: 1 }],
  ['AFTER R', { after: true, relative: 63 }],
  ['BEFORE R, R absent', { before: true, relative: 77 }],
  ['AFTER a link that is absent', { after: true, relative: -77 }],
  ['a lone relative', { relative: 1 }],
  ['invalid flags', { qualified: true }],
  ['through a link', { link: 7 }],
];

/** Spec 5.2 without D: the program that goes, or the refusal. */
export const DETACH_BY_POSITION: readonly Combination<Refusal | number, CombinedDetach>[] = [
  ['–', 'the last goes', [1, 2, 3], {}, 3],
  ['BEFORE', 'the first goes', [1, 2, 3], { before: true }, 1],
  ['AFTER', 'the last goes', [1, 2, 3], { after: true }, 3],
  ['BEFORE R', 'the one before R goes', [1, 2, 3], { before: true, relative: 3 }, 2],
  ['BEFORE R', 'when R is first, R itself', [1, 2, 3], { before: true, relative: 1 }, 1],
  ['BEFORE R', 'when R is the only one, R itself', [1], { before: true, relative: 1 }, 1],
  ['BEFORE R', 'R a link: the one before its slot', [1, [2, 5], 3], { before: true, relative: -5 }, 1],
  ['BEFORE R', 'R the program of a link', [1, [2, 5], 3], { before: true, relative: 2 }, 1],
  ['AFTER R', 'the one after R goes', [1, 2, 3], { after: true, relative: 1 }, 2],
  ['AFTER R', 'when R is last, R itself', [1, 2, 3], { after: true, relative: 3 }, 3],
  ['AFTER R', 'when R is the only one, R itself', [1], { after: true, relative: 1 }, 1],
  ['AFTER R', 'R a link: the one after its slot', [1, [2, 5], 3], { after: true, relative: -5 }, 3],
  ['BEFORE + AFTER', 'without R', [1, 2, 3], { before: true, after: true }, 'ERANGE'],
  ['BEFORE + AFTER', 'with one attached', [1], { before: true, after: true }, 'ERANGE'],
  ['BEFORE + AFTER', 'with R', [1, 2, 3], { before: true, after: true, relative: 2 }, 'ERANGE'],
  ['relative/ID/LINK only', 'a relative', [1, 2, 3], { relative: 2 }, 'EINVAL'],
  ['relative/ID/LINK only', 'ID or LINK', [1, 2, 3], { qualified: true }, 'EINVAL'],
];

/** Spec 5.2 with D. */
export const DETACH_BY_PROGRAM: readonly Combination<Refusal | number, CombinedDetach>[] = [
  ['–', 'D goes', [1, 2, 3], { program: 2 }, 2],
  ['BEFORE R', 'R its neighbour', [1, 2, 3], { program: 2, before: true, relative: 3 }, 2],
  ['BEFORE R', 'R no neighbour', [1, 2, 3], { program: 1, before: true, relative: 3 }, 'ERANGE'],
  ['BEFORE R', 'R = D first', [1, 2, 3], { program: 1, before: true, relative: 1 }, 'ERANGE'],
  ['AFTER R', 'R its neighbour', [1, 2, 3], { program: 2, after: true, relative: 1 }, 2],
  ['AFTER R', 'R no neighbour', [1, 2, 3], { program: 3, after: true, relative: 1 }, 'ERANGE'],
  ['AFTER R', 'R = D last', [1, 2, 3], { program: 3, after: true, relative: 3 }, 'ERANGE'],
  ['BEFORE or AFTER without relative', 'BEFORE, D first', [1, 2], { program: 1, before: true }, 'ERANGE'],
  ['BEFORE or AFTER without relative', 'BEFORE, D last', [1, 2], { program: 2, before: true }, 'ERANGE'],
  ['BEFORE or AFTER without relative', 'AFTER, D first', [1, 2], { program: 1, after: true }, 'ERANGE'],
  ['BEFORE or AFTER without relative', 'AFTER, D last', [1, 2], { program: 2, after: true }, 'ERANGE'],
  ['BEFORE + AFTER', 'without R', [1, 2], { program: 1, before: true, after: true }, 'ERANGE'],
  ['BEFORE + AFTER', 'with R', [1, 2, 3], { program: 2, before: true, after: true, relative: 3 }, 'ERANGE'],
  ['relative without directive', 'that is here', [1, 2, 3], { program: 1, relative: 3 }, 1],
  ['relative without directive', 'that is absent', [1, 2, 3], { program: 1, relative: 77 }, 1],
  [
    'relative without directive',
    'that cannot be resolved',
    [1, 2],
    { program: 1, relative: () => 'EBADF' },
    'EBADF',
  ],
  ['relative without directive', 'by ID or LINK', [1, 2, 3], { program: 1, qualified: true }, 1],
];

/** Spec 5.2, the quirk of the full hook: what is ERANGE with 63 and takes the last of 62. */
export const DETACH_QUIRKS: readonly (readonly [what: string, request: CombinedDetach])[] = [
  ['no D, no flags', {}],
  ['no D, AFTER', { after: true }],
  ['no D, AFTER the last', { after: true, relative: 63 }],
];

/** Spec 5.2: what works with 63 all the same, and the program that goes. */
export const DETACH_FULL: readonly (readonly [what: string, request: CombinedDetach, gone: number])[] = [
  ['no D, BEFORE', { before: true }, 1],
  ['no D, BEFORE the first', { before: true, relative: 1 }, 1],
  ['no D, BEFORE the last', { before: true, relative: 63 }, 62],
  ['no D, AFTER the last but one', { after: true, relative: 62 }, 63],
  ['D first', { program: 1 }, 1],
  ['D last', { program: 63 }, 63],
  ['D last AFTER its neighbour', { program: 63, after: true, relative: 62 }, 63],
];
