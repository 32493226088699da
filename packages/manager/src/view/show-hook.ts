import type { Context } from '../context.js';
import { readEffective } from '../host/effective.js';
import { HostView } from '../host/host-view.js';
import { resolveHook } from '../host/resolve-hook.js';
import type { AttachmentState, Inventory } from '../host/state.js';
import type { ShowOptions } from '../options.js';
import { readBehind } from './behind-hook.js';
import { listing, readHook } from './inventory.js';
import { hookWarnings } from './warnings.js';

/**
 * Shows one hook, also an empty one: with the whole names of functions, who holds its links, what lies behind it and what
 * is suspicious about it.
 *
 * @throws MprogError as finding and querying the hook does
 */
export function showHook(context: Context, text: string, options: ShowOptions = {}): Inventory {
  const view = new HostView(context);
  const hook = resolveHook(context, text);
  const state = readHook(context, view, hook, true);
  const effective = options.effective === true ? readEffective(context, view, hook).attachments : null;
  const attachments = withHolders(context, state.attachments);
  const shown = {
    ...state,
    attachments,
    ...(effective === null ? {} : { effective }),
    behind: readBehind(context, view, hook, attachments.length),
    warnings: hookWarnings(view, hook, attachments),
  };
  return { ...listing(context, view), hooks: [shown] };
}

/** Adds to links the processes that hold them; every process is looked at, so only where there are links. */
function withHolders(
  { world }: Context,
  attachments: readonly AttachmentState[],
): readonly AttachmentState[] {
  if (attachments.every(({ link }) => link === null)) return attachments;
  const { byLink, complete } = world.linkHolders();
  return attachments.map((attachment) => {
    const { link } = attachment;
    if (link === null) return attachment;
    const holders = byLink.get(link.id) ?? [];
    return { ...attachment, link: { ...link, holders: holders.length === 0 && !complete ? null : holders } };
  });
}
