import { clip } from '@mprog/core';
import type { Context } from '../context.js';
import { describeAttachment, describeList } from '../host/describe.js';
import type { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import { compileGlob } from '../names/glob.js';
import { didYouMean } from '../names/nearest.js';
import { parseReference, type Reference } from '../names/reference.js';
import { chooseProgram } from './object-file.js';
import { openPin } from './open-pin.js';

/**
 * Finds the one member of a chain that a reference means.
 *
 * An object file means the member with the name of its program, since nothing else is known of both.
 *
 * @param operation verb and object, for messages
 * @throws MprogError `ENOENT` with what is there, `ERR_AMBIGUOUS` with the candidates, `EPERM` when names or tags that
 * could match may not be read, `ERR_REFERENCE`
 */
export function resolveAttachment(
  context: Context,
  view: HostView,
  chain: readonly AttachmentState[],
  text: string,
  operation: string,
): AttachmentState {
  const reference = parseReference(text);
  const found = matching(context, view, chain, reference, operation);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  checkTold(found, found.length === 0 && mayBeHidden(context, view, chain, reference), text, operation);
  if (only !== undefined) {
    const candidates = found.map(describeAttachment);
    throw refusal(
      'ERR_AMBIGUOUS',
      operation,
      `${clip(text)} means several attachments: ${describeList(candidates)}`,
      {
        remedy: 'name one by id:N or link:N',
        data: { reference: text, candidates },
      },
    );
  }
  const data = { reference: text, present: chain.map(({ program }) => program.id) };
  if (chain.length === 0)
    throw refusal('ENOENT', operation, 'no program is attached here', {
      remedy: 'mprog ls shows the hooks that have some',
      data,
    });
  throw refusal('ENOENT', operation, `${clip(text)} is not attached here`, {
    remedy: `here are ${describeList(chain.map(describeAttachment))}${nearName(reference, chain)}`,
    data,
  });
}

/** Refuses what cannot be told on a cgroup: which of several entries of one program, or where a link stands. */
function checkTold(
  found: readonly AttachmentState[],
  hidden: boolean,
  text: string,
  operation: string,
): void {
  const several = found.filter(({ linkUnknown }) => linkUnknown === true);
  if (several.length === 0 && !hidden) return;
  const reason = hidden
    ? `${clip(text)} may be here, but where cannot be told: the kernel names programs alone`
    : `${clip(text)} is here ${found.length} times, directly or through links, and the kernel does not tell which is which`;
  throw refusal('ERR_AMBIGUOUS', operation, reason, {
    remedy: 'mprog link ls finds the links, and mprog link detach takes one away',
    data: { reference: text, candidates: found.map(describeAttachment) },
  });
}

/** Whether a reference means a link that may own one of the entries whose links cannot be told. */
function mayBeHidden(
  context: Context,
  view: HostView,
  chain: readonly AttachmentState[],
  reference: Reference,
): boolean {
  const untold = chain.filter(({ linkUnknown }) => linkUnknown === true);
  const id =
    reference.kind === 'link'
      ? reference.id
      : reference.kind === 'pin'
        ? linkPinnedAt(context, reference.path)
        : null;
  if (untold.length === 0 || id === null) return false;
  const { links, whole } = view.linkWalk;
  const link = links.find((one) => one.id === id);
  return link === undefined ? !whole : untold.some(({ program }) => program.id === link.programId);
}

function linkPinnedAt(context: Context, path: string): number | null {
  const { kind, id } = openPinned(context, path, `open ${clip(path)}`);
  return kind === 'link' ? id : null;
}

function matching(
  context: Context,
  view: HostView,
  chain: readonly AttachmentState[],
  reference: Reference,
  operation: string,
): readonly AttachmentState[] {
  switch (reference.kind) {
    case 'id':
      return chain.filter(({ program }) => program.id === reference.id);
    case 'link':
      return chain.filter(({ link }) => link?.id === reference.id);
    case 'tag':
      requireNames(chain, operation, 'tag');
      return chain.filter(({ program }) => program.tag === reference.tag);
    case 'name': {
      requireNames(chain, operation, 'name');
      return chain.filter(({ program }) => hasName(view, program, reference.glob));
    }
    case 'pin': {
      const pinned = openPinned(context, reference.path, operation);
      return pinned.kind === 'link'
        ? chain.filter(({ link }) => link?.id === pinned.id)
        : chain.filter(({ program }) => program.id === pinned.id);
    }
    case 'file': {
      requireNames(chain, operation, 'name');
      const { program } = chooseProgram(context, reference.path, reference.program, operation);
      return chain.filter((member) => {
        const fullName = view.fullName(member.program.id);
        // The kernel cuts names after 15 characters.
        return fullName === null
          ? member.program.name === program.name.slice(0, 15)
          : fullName === program.name;
      });
    }
  }
}

/** Whether a pattern matches the kernel's name of a program or the whole one of its function. */
export function hasName(
  view: HostView,
  program: { readonly id: number; readonly name: string | null },
  pattern: string,
): boolean {
  const glob = compileGlob(pattern);
  if (program.name !== null && glob.test(program.name)) return true;
  const fullName = view.fullName(program.id);
  return fullName !== null && glob.test(fullName);
}

/** What is pinned at a path: a program or a link. */
export function openPinned(
  context: Context,
  path: string,
  operation: string,
): { readonly kind: 'program' | 'link'; readonly id: number } {
  const { kernel } = context;
  using pinned = openPin(context, path, operation);
  if (pinned.kind === 'program') return { kind: 'program', id: kernel.programs.info(pinned.fd).id };
  if (pinned.kind === 'link') return { kind: 'link', id: kernel.links.info(pinned.fd).id };
  throw refusal(
    'EINVAL',
    operation,
    `what is pinned at ${clip(path)} is a ${pinned.kind}, no program and no link`,
    { remedy: 'name a pin of a program or of a link; mprog program ls and mprog link ls show them' },
  );
}

function requireNames(chain: readonly AttachmentState[], operation: string, what: string): void {
  const unread = chain.filter(({ program }) => program.name === null).length;
  if (unread === 0) return;
  throw refusal(
    'EPERM',
    operation,
    `the ${what} of ${unread} of ${chain.length} attached programs may not be read`,
    {
      remedy: 'that needs CAP_SYS_ADMIN; name it by id:N or link:N',
    },
  );
}

function nearName(reference: Reference, chain: readonly AttachmentState[]): string {
  if (reference.kind !== 'name') return '';
  const names = chain.flatMap(({ program }) => [program.fullName ?? null, program.name]);
  return didYouMean(
    reference.glob,
    names.filter((name) => name !== null),
  );
}
