import { isErrno } from '@mprog/kernel';
import { isOurPin } from './bpffs.js';
import { type Change, makeChange } from './change.js';
import type { Context } from './context.js';
import { HostView } from './host-view.js';
import type { ChangeOptions } from './options.js';
import { unpin } from './unpin.js';

/** Removes the pins under `mprog/` of links whose device is gone; one change for each. */
export function pruneLinks(context: Context, options: Pick<ChangeOptions, 'dryRun'>): readonly Change[] {
  const changes: Change[] = [];
  const mounts = context.world.pins.mounts();
  for (const entry of new HostView(context).pins.entries) {
    const { path } = entry;
    if (entry.kind !== 'link' || !isOurPin(mounts, path)) continue;
    if (!isDefunct(context, path)) continue;
    const change = unpin(context, path, 'link', options);
    const note = `link:${entry.info.id} is defunct, what it was attached to is gone`;
    changes.push(makeChange({ ...change, notes: [note] }));
  }
  return Object.freeze(changes);
}

/** Looks again right before: the path may be another link's by now. */
function isDefunct({ kernel }: Context, path: string): boolean {
  try {
    using pinned = kernel.pins.open(path);
    if (pinned.kind !== 'link') return false;
    const { type, ifindex, attachType } = kernel.links.info(pinned.fd);
    return isDeviceLink(type, attachType) && ifindex === 0;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

function isDeviceLink(type: number, attachType: number): boolean {
  return type !== 0 && attachType !== 0;
}
