import { clip } from '@mprog/core';
import { type Change, makeChange, memberOf, programOf } from '../change.js';
import type { Context } from '../context.js';
import { sameChain } from '../host/chain.js';
import { describeProgram } from '../host/describe.js';
import type { AttachmentState } from '../host/state.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import type { ChangeOptions } from '../options.js';
import {
  describeTargetChange,
  findLinkTarget,
  isPlaceKnown,
  type LinkTarget,
  linkIntent,
  readTarget,
  requireOurLink,
} from '../resolve/link-target.js';
import { severLink } from './sever-link.js';
import { foreignChanges } from './verify.js';

/** Detaches what a link holds and removes our pins of it; of a defunct link the pins alone go. */
export function detachLink(context: Context, linkText: string, options: ChangeOptions): Change {
  const operation = `detach ${clip(linkText)}`;
  const target = findLinkTarget(context, linkText, operation);
  const { state, view, hook, chain } = target;
  requireOurLink(target, options, operation);
  const base = {
    kind: 'detach-link',
    ...describeTargetChange(target),
    program: programOf(state.program),
  } as const;
  const goes = leaving(target);
  const remaining = (chain?.members ?? [])
    .filter((member) => member !== goes)
    .map((member, index) => ({ ...memberOf(member), position: index + 1 }));
  const pinned = { program: state.program.id, link: state.id };
  if (options.dryRun === true) {
    const pins = (state.pins ?? []).filter((path) => view.ownsPin(path, pinned));
    const notes = pins.map((path) => `would remove pin ${path}`);
    return makeChange({ ...base, dryRun: true, after: remaining, notes });
  }
  return journalled(context, linkIntent(target, { operation: 'detach-link' }), () => {
    const again = readTarget(context, hook);
    if (chain !== null && (again === null || !sameChain(again, chain))) {
      throw refusal('ESTALE', operation, 'somebody changed the chain of the link since it was read', {
        remedy: 'look at it and try again',
      });
    }
    const notes = severLink(context, view, pinned, operation);
    const found = readTarget(context, hook);
    if (found?.members.some(({ link }) => link?.id === state.id)) {
      const what = describeProgram(state.program);
      throw refusal(
        'ERR_VERIFY',
        operation,
        `link:${state.id} was detached, but ${what} is still on ${clip(hook?.text ?? '')}`,
        { remedy: 'somebody attached it at the same moment; look at the hook before trying again' },
      );
    }
    const restarts = remaining.length === 0 && hook?.layer !== 'cgroup';
    const revision = chain === null || restarts ? null : chain.revision + 1;
    return makeChange({
      ...base,
      revisionAfter: found === null ? null : String(found.revision),
      after: found?.members.map(memberOf) ?? [],
      notes: [
        ...notes,
        ...(found === null ? [] : foreignChanges(isPlaceKnown(target) ? remaining : null, revision, found)),
      ],
    });
  });
}

/** The member that goes: the one of the link, or of those that may be it the last. */
function leaving({ state, chain }: LinkTarget): AttachmentState | undefined {
  const members = chain?.members ?? [];
  return (
    members.find(({ link }) => link?.id === state.id) ??
    members.findLast(({ program, linkUnknown }) => linkUnknown === true && program.id === state.program.id)
  );
}
