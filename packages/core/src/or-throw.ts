import { type AttachRequest, attach } from './attach.js';
import type { Chain } from './chain.js';
import { type DetachRequest, detach } from './detach.js';
import { checkObject, type RefusalErrorOptions } from './errors.js';
import { explainAttach, explainDetach, refusalError } from './explain.js';
import { isRefusal, type Refusal, refusalTexts } from './refusal.js';
import type { Relative, RelativeResolver } from './relative.js';

/**
 * `attach` in the form that throws; see there for rules and result. A refusal costs some 200 times as much this way.
 *
 * @param operation how the message names the attempt, by default `attach program 7`
 * @throws {RefusalError} when the request is refused; its `data` holds program, expected and found revision, count and
 *   capacity.
 *
 * @example
 * try {
 *   attachOrThrow(chain, { program: 7, expectedRevision: 5 });
 * } catch (error) {
 *   if (RefusalError.is(error) && error.code === 'ESTALE') console.log(error.data.revision);
 * }
 */
export function attachOrThrow(chain: Chain, request: AttachRequest, operation?: string): number {
  checkObject('attach program', 'request', request);
  const lookUp = new LookUp(request.relative);
  const result = attach(chain, lookUp.wrap(request));
  if (!isRefusal(result)) return result;
  const explanation = lookUp.explain(result) ?? explainAttach(chain, request, result);
  throw refusalError(operation ?? `attach program ${request.program}`, result, chain, request, {
    ...explanation,
    data: { program: request.program },
  });
}

/**
 * `detach` in the form that throws; see there for rules and result.
 *
 * @param operation how the message names the attempt, by default `detach program 7`
 * @throws {RefusalError} when the request is refused; its `data` holds program, expected and found revision, count and
 *   capacity.
 */
export function detachOrThrow(chain: Chain, request: DetachRequest = {}, operation?: string): number {
  checkObject('detach program', 'request', request);
  const lookUp = new LookUp(request.relative);
  const result = detach(chain, lookUp.wrap(request));
  if (!isRefusal(result)) return result;
  const explanation = lookUp.explain(result) ?? explainDetach(chain, request, result);
  throw refusalError(
    operation ?? `detach program${request.program ? ` ${request.program}` : ''}`,
    result,
    chain,
    request,
    {
      ...explanation,
      data: request.program ? { program: request.program } : {},
    },
  );
}

/** Tells a refusal of the host's look-up from the same refusal by the engine. */
class LookUp {
  readonly #relative: Relative | RelativeResolver | undefined;
  #refusal: Refusal | undefined;

  constructor(relative: Relative | RelativeResolver | undefined) {
    this.#relative = relative;
  }

  wrap<Request extends AttachRequest | DetachRequest>(request: Request): Request {
    const resolve = this.#relative;
    if (typeof resolve !== 'function') return request;
    const relative = (): Relative | Refusal => {
      const answer = resolve();
      if (isRefusal(answer)) this.#refusal = answer;
      return answer;
    };
    return { ...request, relative };
  }

  explain(refusal: Refusal): RefusalErrorOptions | undefined {
    if (this.#refusal === undefined) return undefined;
    if (refusal === 'EINVAL') return { reason: 'the relative object is not of the kind that is asked for' };
    if (refusal === 'ENOENT') return { reason: 'there is no such relative object' };
    return { reason: refusalTexts[refusal].rule };
  }
}
