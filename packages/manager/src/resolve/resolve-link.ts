import { clip } from '@mprog/core';
import { type Descriptor, isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { describeList, describeProgram } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import { findLinks } from '../host/link-listing.js';
import type { LinkState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import { parseReference, referenceForms } from '../names/reference.js';
import { hasName, openPinned } from './resolve-attachment.js';

/** A link, and the hook that it is on where that is known. */
export interface ResolvedLink {
  readonly state: LinkState;
  readonly hook: FoundHook | null;
}

/**
 * Finds the one link that a text means: `link:7` or `7`, `pin:PATH` or an absolute path, or a program that it holds by
 * `id:`, `name:` or `tag:`.
 *
 * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS` with the candidates, `ERR_REFERENCE`, `EPERM`
 */
export function resolveLink(context: Context, view: HostView, text: string, operation: string): ResolvedLink {
  const reference = parseReference(
    /^[0-9]+$/.test(text)
      ? `link:${text}`
      : text.startsWith('/') && !text.endsWith('.o')
        ? `pin:${text}`
        : text,
  );
  if (reference.kind === 'file') {
    throw refusal('ERR_REFERENCE', operation, `${clip(text)} is a file, and a link is wanted`, {
      remedy: `write one of ${referenceForms} but the last`,
    });
  }
  const { links, hooks } = findLinks(context, view);
  let found: readonly LinkState[];
  if (reference.kind === 'link') found = links.filter(({ id }) => id === reference.id);
  else if (reference.kind === 'id') found = links.filter(({ program }) => program.id === reference.id);
  else if (reference.kind === 'tag') found = links.filter(({ program }) => program.tag === reference.tag);
  else if (reference.kind === 'name') {
    found = links.filter(({ program }) => hasName(view, program, reference.glob));
  } else {
    const pinned = openPinned(context, reference.path, operation);
    if (pinned.kind !== 'link') {
      throw refusal('EINVAL', operation, `what is pinned at ${clip(reference.path)} is a program, no link`, {
        remedy: 'mprog link ls shows the pins of links',
      });
    }
    found = links.filter(({ id }) => id === pinned.id);
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) {
    const state = { ...only, program: view.program(only.program.id, true) };
    return { state, hook: hooks.get(only.id) ?? null };
  }
  if (only === undefined) {
    const what =
      reference.kind === 'link' ? `there is no link:${reference.id}` : `there is no link of ${clip(text)}`;
    throw refusal('ENOENT', operation, what, {
      remedy:
        links.length === 0 ? 'there are no links' : `links are ${describeList(links.map(describeLink))}`,
    });
  }
  throw refusal(
    'ERR_AMBIGUOUS',
    operation,
    `${clip(text)} means several links: ${describeList(found.map(describeLink))}`,
    {
      remedy: 'name one by link:N',
      data: { candidates: found.map(describeLink) },
    },
  );
}

/**
 * Opens a link by its id, or without the right to do that through one of its pins.
 *
 * @throws MprogError `ENOENT`, `EPERM`
 */
export function openLink(
  context: Context,
  view: HostView,
  id: number,
  operation: string,
): Pick<Descriptor, 'fd' | 'close'> & Disposable {
  const { kernel } = context;
  try {
    return kernel.links.open(id);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      throw refusal('ENOENT', operation, `there is no link:${id} any more`, {
        remedy: 'mprog link ls lists those that there are',
        cause: error,
      });
    }
    const path = view.pins.link(id)?.[0];
    if (!isErrno(error, 'EPERM') || path === undefined) throw error;
    return kernel.pins.open(path);
  }
}

/** A link in a few words, `link:7 with id:97 fw_main on tcx/ingress@eth0`. */
export function describeLink({ id, program, hook }: LinkState): string {
  return `link:${id} with ${describeProgram(program)}${hook === null ? '' : ` on ${hook}`}`;
}
