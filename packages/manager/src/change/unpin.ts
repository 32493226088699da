import { clip } from '@mprog/core';
import { type Change, makeChange, programOf } from '../change.js';
import type { Context } from '../context.js';
import { tidyAbove } from '../host/bpffs.js';
import { HostView } from '../host/host-view.js';
import type { PinnedObject } from '../journal/claims.js';
import { journalIntent } from '../journal/journal-intent.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import type { ChangeOptions } from '../options.js';
import { openPin } from '../resolve/open-pin.js';

/**
 * Removes one pin of a link or a program, and the directories under `mprog/` that it leaves empty.
 *
 * @throws MprogError `ENOENT`, `EINVAL` for a pin of another kind, `ERR_FOREIGN`
 */
export function unpin(
  context: Context,
  path: string,
  kind: 'link' | 'program',
  options: ChangeOptions,
): Change {
  const operation = `unpin ${clip(path)}`;
  const view = new HostView(context);
  const pinned = readPinned(context, path, kind, operation);
  requireOurPin(view, path, pinned, options, operation);
  const change = makeChange({
    kind: 'unpin',
    program: programOf(view.program(pinned.program, true)),
    link: pinned.link === null ? null : { id: pinned.link },
    pin: path,
    dryRun: options.dryRun ?? false,
    notes: lastPin(view, pinned) ? [lastPinNote(pinned)] : [],
  });
  if (options.dryRun === true) return change;
  const { program, link } = pinned;
  const intent = journalIntent({ operation: 'unpin', program, link, pin: path });
  return journalled(context, intent, () => {
    context.world.pins.remove(path);
    tidyAbove(context.world, path);
    return change;
  });
}

function readPinned(
  context: Context,
  path: string,
  kind: 'link' | 'program',
  operation: string,
): PinnedObject {
  const { kernel } = context;
  using pinned = openPin(context, path, operation);
  if (pinned.kind !== kind) {
    throw refusal('EINVAL', operation, `what is pinned there is a ${pinned.kind}, no ${kind}`, {
      remedy:
        pinned.kind === 'link' || pinned.kind === 'program' ? `use mprog ${pinned.kind} unpin` : 'leave it',
    });
  }
  if (kind === 'program') return { program: kernel.programs.info(pinned.fd).id, link: null };
  const { id, programId } = kernel.links.info(pinned.fd);
  return { program: programId, link: id };
}

function requireOurPin(
  view: HostView,
  path: string,
  pinned: PinnedObject,
  options: ChangeOptions,
  operation: string,
): void {
  const { program, link } = pinned;
  const ours = link === null ? view.ownsProgram(program) : view.ownsLink(link, program);
  if (options.force === true || view.ownsPin(path, pinned) || ours === true) return;
  throw refusal('ERR_FOREIGN', operation, 'that pin is not ours', {
    remedy: 'give --force to remove it nevertheless',
    data: { program, link },
  });
}

function lastPin(view: HostView, { program, link }: PinnedObject): boolean {
  const pins = link === null ? view.pins.program(program) : view.pins.link(link);
  return pins !== null && pins.length < 2;
}

function lastPinNote({ program, link }: PinnedObject): string {
  return link === null
    ? `it is the last pin of id:${program}, which vanishes unless it is attached or a process holds it`
    : `it is the last pin of link:${link}, which is detached unless a process holds it`;
}
