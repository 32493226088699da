import { refusal } from '../manager-error.js';
import { describeAttachment } from './describe.js';
import { seemingOwner } from './seeming-owner.js';
import type { AttachmentState } from './state.js';

/**
 * Refuses to touch what is not ours, unless it is forced.
 *
 * @throws MprogError `ERR_FOREIGN` that says whose it seems to be
 */
export function requireOurs(
  attachment: Pick<AttachmentState, 'program' | 'link' | 'ours'>,
  force: boolean | undefined,
  operation: string,
): void {
  if (attachment.ours === true || force === true) return;
  const what = describeAttachment(attachment);
  const reason =
    attachment.ours === null
      ? `whose ${what} is cannot be told, since pins or journal may not be read`
      : `${what} is not ours; ${seemingOwner(attachment)}`;
  throw refusal('ERR_FOREIGN', operation, reason, {
    remedy: 'give --force to touch it nevertheless',
    data: { program: attachment.program.id, link: attachment.link?.id ?? null },
  });
}
