import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { tidyAbove } from '../host/bpffs.js';
import type { HostView } from '../host/host-view.js';
import type { PinnedObject } from '../journal/claims.js';
import { openLink } from '../resolve/resolve-link.js';

/**
 * Detaches what a link holds and removes our pins of it.
 *
 * @returns sentences for people: the pins that went, and those that stay
 * @throws MprogError before anything was changed
 */
export function severLink(
  context: Context,
  view: HostView,
  { program, link: id }: PinnedObject & { readonly link: number },
  operation: string,
): readonly string[] {
  // Read before the link is detached: a pin that can't be read then must not stop half way.
  const pins = view.pins.link(id) ?? [];
  using link = openLink(context, view, id, operation);
  context.kernel.links.detach(link.fd);
  const notes: string[] = [];
  for (const path of pins) {
    if (!view.ownsPin(path, { program, link: id }))
      notes.push(`link:${id} stays, defunct: it is pinned at ${path}, which is not ours`);
    else notes.push(removePin(context, path));
  }
  return notes;
}

/** Removes a pin and the directories that it leaves empty; says in words what came of it. */
export function removePin(context: Context, path: string): string {
  try {
    context.world.pins.remove(path);
    tidyAbove(context.world, path);
    return `removed pin ${path}`;
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    return `pin ${path} stays: ${error.message}`;
  }
}
