import type { AttachRequest } from './attach.js';
import type { Chain } from './chain.js';
import type { DetachRequest } from './detach.js';
import { RefusalError, type RefusalErrorOptions } from './errors.js';
import type { Refusal } from './refusal.js';

/**
 * @internal The rule behind a refused attach as it applies to this chain and request.
 *
 * @param thing what a program is called in the message
 */
export function explainAttach(
  chain: Chain,
  request: AttachRequest,
  refusal: Refusal,
  thing = 'program',
): RefusalErrorOptions {
  const replacing = request.replace !== undefined && request.replace !== 0;
  switch (refusal) {
    case 'EEXIST': {
      const index = chain.indexOfProgram(request.program);
      return {
        reason: `the ${thing} is attached here already, at position ${index + 1} of ${chain.count}`,
        remedy: `a ${thing} can be attached once: detach it first or attach another one`,
      };
    }
    case 'ENOENT':
      if (replacing && chain.indexOfProgram(request.replace) < 0) {
        return { reason: `the ${thing} to be replaced is not attached here` };
      }
      return { reason: `the relative object is not attached here` };
    case 'EBUSY':
      return { reason: `the ${thing} to be replaced is owned by another than the one that asks` };
    case 'ERANGE':
      if (!replacing && chain.count >= chain.capacity) {
        return {
          reason: `full, it holds ${chain.count}`,
          remedy: `detach a ${thing} or replace one`,
        };
      }
      return { reason: 'the directives name different positions', remedy: 'give one directive only' };
    case 'EINVAL':
      return { reason: 'a relative object or a flag is given without before, after or replace' };
    default:
      return explainStale(chain, request, refusal);
  }
}

/** @internal The rule behind a refused detach as it applies to this chain and request. */
export function explainDetach(
  chain: Chain,
  request: DetachRequest,
  refusal: Refusal,
  thing = 'program',
): RefusalErrorOptions {
  const byProgram = request.program !== undefined && request.program !== 0;
  switch (refusal) {
    case 'ENOENT':
      if (chain.count === 0) return { reason: 'nothing is attached here' };
      if (byProgram && chain.indexOfProgram(request.program) < 0) {
        return { reason: `the ${thing} is not attached here` };
      }
      return { reason: 'the relative object is not attached here' };
    case 'EBUSY':
      return { reason: `the ${thing} is owned by another than the one that asks` };
    case 'ERANGE':
      if (!byProgram && request.before !== true && chain.count >= chain.capacity) {
        return {
          reason: 'the last of a full chain cannot be selected by position',
          remedy: `name the ${thing} to detach`,
        };
      }
      return { reason: 'the directives name different positions', remedy: 'give one directive only' };
    case 'EINVAL':
      if (request.replace === true) {
        return { reason: 'replace is given', remedy: 'detach without it' };
      }
      return { reason: `a relative object or a flag is given without a ${thing}, before or after` };
    default:
      return explainStale(chain, request, refusal);
  }
}

function explainStale(
  chain: Chain,
  request: AttachRequest | DetachRequest,
  refusal: Refusal,
): RefusalErrorOptions {
  if (refusal !== 'ESTALE') return {};
  return { reason: `revision is ${chain.revision}, expected ${request.expectedRevision}` };
}

/** @internal The error for a refusal, with the state of the chain in its data. */
export function refusalError(
  operation: string,
  refusal: Refusal,
  chain: Chain,
  request: AttachRequest | DetachRequest,
  explanation: RefusalErrorOptions,
): RefusalError {
  const { expectedRevision } = request;
  return new RefusalError(operation, refusal, {
    ...explanation,
    data: {
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
      revision: chain.revision,
      count: chain.count,
      capacity: chain.capacity,
      ...explanation.data,
    },
  });
}
