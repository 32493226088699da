import { MprogError } from '@mprog/core';

/**
 * Codes of refusals that no errno stands for.
 *
 * - `ERR_HOOK_NAME`, `ERR_REFERENCE`, `ERR_INVALID_ARGUMENT`: the text or option is not one
 * - `ERR_AMBIGUOUS`: several things fit; `data.candidates` lists them
 * - `ERR_CONTRADICTION`: no place satisfies the request; `data.between` has the two that contradict
 * - `ERR_FOREIGN`: the attachment, link or pin is not ours and `force` was not given
 * - `ERR_POLICY`: the policy has errors; `data.problems` has each with its place
 * - `ERR_LAYER`: what is asked for is not for hooks or links of this layer
 * - `ERR_NO_STAND_IN`: no stand-in can be made for a program
 * - `ERR_UNDO`: an entry of the history that can't be undone
 * - `ERR_VERIFY`: the change was made, but a query right after does not show it
 *
 * Everything else carries the errno name: `ENOENT` for what is not there, `ENODEV`, `ESTALE`, `EEXIST`, `EPERM`, …
 */
export type ManagerErrorCode =
  | 'ERR_HOOK_NAME'
  | 'ERR_REFERENCE'
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_AMBIGUOUS'
  | 'ERR_CONTRADICTION'
  | 'ERR_FOREIGN'
  | 'ERR_POLICY'
  | 'ERR_LAYER'
  | 'ERR_UNDO'
  | 'ERR_NO_STAND_IN'
  | 'ERR_VERIFY';

/** Builds the error `operation: reason (CODE); remedy`; codes that are no errno stay out of the message. */
export function refusal(
  code: ManagerErrorCode | `E${Uppercase<string>}`,
  operation: string,
  reason: string,
  options: {
    readonly remedy?: string;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly cause?: unknown;
  } = {},
): MprogError {
  const shown = code.startsWith('ERR_') ? '' : ` (${code})`;
  const remedy = options.remedy === undefined ? '' : `; ${options.remedy}`;
  return new MprogError(code, `${operation}: ${reason}${shown}${remedy}`, {
    ...('cause' in options ? { cause: options.cause } : {}),
    ...(options.data === undefined ? {} : { data: options.data }),
  });
}
