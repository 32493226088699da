import { isErrno } from '@mprog/kernel';
import { memberOf } from '../change.js';
import type { Context } from '../context.js';
import { type Chain, readChain } from '../host/chain.js';
import { requireOurs } from '../host/foreign.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import type { LinkState } from '../host/state.js';
import { journalIntent } from '../journal/journal-intent.js';
import type { JournalIntent } from '../journal/journal-record.js';
import type { ChangeOptions } from '../options.js';
import { resolveLink } from './resolve-link.js';

/** A link that is to be changed, with the hook that it is on where that can be found. */
export interface LinkTarget {
  readonly view: HostView;
  readonly state: LinkState;
  readonly hook: FoundHook | null;
  readonly chain: Chain | null;
}

/** Finds a link and what it is attached to. */
export function findLinkTarget(context: Context, text: string, operation: string): LinkTarget {
  const view = new HostView(context);
  const { state, hook } = resolveLink(context, view, text, operation);
  return { view, state, hook, chain: hook === null ? null : readIfThere(context, view, hook) };
}

/** Reads the chain of a link's hook again; null when the hook is unknown or gone. */
export function readTarget(context: Context, hook: FoundHook | null): Chain | null {
  return hook === null ? null : readIfThere(context, new HostView(context), hook);
}

/** Refuses to change a link that is not ours, unless it is forced. */
export function requireOurLink({ state }: LinkTarget, options: ChangeOptions, operation: string): void {
  const { program, ours, id, pins } = state;
  requireOurs({ program, ours, link: { id, pins } }, options.force, operation);
}

/** The fields of a change that describe the link and its chain before. */
export function describeTargetChange({ state, hook, chain }: LinkTarget): {
  readonly hook: string | null;
  readonly link: { readonly id: number };
  readonly position: number | null;
  readonly revisionBefore: string | null;
  readonly before: readonly ReturnType<typeof memberOf>[];
} {
  return {
    hook: hook?.text ?? state.hook,
    link: { id: state.id },
    position: chain?.members.find(({ link }) => link?.id === state.id)?.position ?? null,
    revisionBefore: chain === null ? null : String(chain.revision),
    before: chain?.members.map(memberOf) ?? [],
  };
}

/** Whether it can be told where in the chain a link stands; on a cgroup it cannot always. */
export function isPlaceKnown({ state, chain }: LinkTarget): boolean {
  return chain === null || chain.members.some(({ link }) => link?.id === state.id);
}

/** The journal's intent of a change of a link. */
export function linkIntent(
  { state, hook, chain }: LinkTarget,
  parts: Pick<JournalIntent, 'operation'> & Partial<JournalIntent>,
): JournalIntent {
  return journalIntent({
    hook: hook?.text ?? null,
    netnsInode: hook?.netnsInode ?? null,
    ifindex: hook?.ifindex ?? null,
    cgroupId: hook?.cgroupId ?? null,
    program: state.program.id,
    link: state.id,
    revisionBefore: chain === null ? null : String(chain.revision),
    ...parts,
  });
}

function readIfThere(context: Context, view: HostView, hook: FoundHook): Chain | null {
  try {
    return readChain(context, view, hook);
  } catch (error) {
    if (isErrno(error, 'ENODEV') || isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}
