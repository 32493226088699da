import { clip } from '@mprog/core';
import { type Change, makeChange, programOf } from '../change.js';
import type { Context } from '../context.js';
import { checkPinPath, withPinDirectory } from '../host/bpffs.js';
import { requireOurs } from '../host/foreign.js';
import { HostView } from '../host/host-view.js';
import { journalIntent } from '../journal/journal-intent.js';
import { journalled } from '../journal/journalled.js';
import type { ChangeOptions } from '../options.js';
import { openLink, resolveLink } from '../resolve/resolve-link.js';

/**
 * Pins a link, so that it outlives the processes that hold it; one of somebody else by force alone, since a pin takes its
 * life out of their hands, and below `mprog/` makes it ours.
 */
export function pinLink(context: Context, linkText: string, path: string, options: ChangeOptions): Change {
  const operation = `pin ${clip(linkText)} at ${clip(path)}`;
  const { kernel, world } = context;
  const view = new HostView(context);
  const { state } = resolveLink(context, view, linkText, operation);
  const { program, ours, pins } = state;
  requireOurs({ program, ours, link: { id: state.id, pins } }, options.force, operation);
  checkPinPath(world, path, operation, 'choose another path');
  const change = makeChange({
    kind: 'pin-link',
    hook: state.hook,
    program: programOf(program),
    link: { id: state.id },
    pin: path,
    dryRun: options.dryRun ?? false,
  });
  if (options.dryRun === true) return change;
  const intent = journalIntent({
    operation: 'pin-link',
    hook: state.hook,
    ifindex: state.ifindex,
    cgroupId: state.cgroupId,
    program: program.id,
    link: state.id,
    pin: path,
  });
  return journalled(context, intent, () => {
    using link = openLink(context, view, state.id, operation);
    withPinDirectory(world, path, operation, () => kernel.pins.pin(link.fd, path));
    return change;
  });
}
