import { isErrno } from '@mprog/kernel';
import { type Change, makeChange } from '../change.js';
import type { Context } from '../context.js';
import { HostView } from '../host/host-view.js';
import { isDefunct } from '../host/link-listing.js';
import type { ChangeOptions } from '../options.js';
import { unpin } from './unpin.js';

/** Removes our pins of links whose device or cgroup is gone, wherever they are; one change for each. */
export function pruneLinks(context: Context, options: Pick<ChangeOptions, 'dryRun'>): readonly Change[] {
  const changes: Change[] = [];
  const view = new HostView(context);
  for (const entry of view.pins.entries) {
    const { path } = entry;
    if (entry.kind !== 'link') continue;
    if (!view.ownsPin(path, { program: entry.info.programId, link: entry.info.id })) continue;
    if (!isPinOfDefunct(context, path)) continue;
    const change = unpin(context, path, 'link', options);
    const note = `link:${entry.info.id} is defunct, what it was attached to is gone`;
    changes.push(makeChange({ ...change, notes: [note] }));
  }
  return Object.freeze(changes);
}

/** Looks again right before: the path may be another link's by now. */
function isPinOfDefunct({ kernel }: Context, path: string): boolean {
  try {
    using pinned = kernel.pins.open(path);
    if (pinned.kind !== 'link') return false;
    return isDefunct(kernel.links.info(pinned.fd)) === true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
