import type { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import type { MatchRule } from '../policy/policy.js';
import { hasName } from '../resolve/resolve-attachment.js';

/** Whether a member of a chain is what a policy's `match` describes: everything that is given must fit. */
export function matchesMember(
  view: HostView,
  member: Pick<AttachmentState, 'program' | 'link'>,
  rule: MatchRule,
): boolean {
  const { program, link } = member;
  if (rule.id !== null && rule.id !== program.id) return false;
  if (rule.link !== null && rule.link !== link?.id) return false;
  if (rule.tag !== null && rule.tag !== program.tag) return false;
  if (rule.pinned !== null && ![...(program.pins ?? []), ...(link?.pins ?? [])].includes(rule.pinned)) {
    return false;
  }
  return rule.name === null || hasName(view, program, rule.name);
}
