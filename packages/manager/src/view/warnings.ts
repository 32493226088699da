import { attachType, cgroupAttachTypeName, type LinkInfo, linkType } from '@mprog/kernel';
import { describeAttachment, describeList, describeProgram } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import { isDefunct } from '../host/link-listing.js';
import type { AttachmentState } from '../host/state.js';

/** What is suspicious about a hook, a sentence each. */
export function hookWarnings(
  view: HostView,
  hook: FoundHook,
  attachments: readonly AttachmentState[],
): readonly string[] {
  return [
    ...twins(attachments),
    ...unheld(attachments),
    ...unknownLinks(attachments),
    ...defunct(view, hook, attachments),
  ];
}

/** Programs of the same name or tag: mostly what an agent left that was started again. */
function twins(attachments: readonly AttachmentState[]): readonly string[] {
  const byName = groups(attachments, ({ program }) => program.fullName ?? program.name);
  const byTag = groups(attachments, ({ program }) => program.tag);
  const said = new Set<string>();
  const found: string[] = [];
  for (const [name, members] of byName) {
    const tags = new Set(members.map(({ program }) => program.tag));
    found.push(
      tags.size === 1 && !tags.has(null)
        ? `${name} is here ${members.length} times with the same instructions: ${places(members)}`
        : `${name} is here ${members.length} times, as programs of the same name: ${places(members)}`,
    );
    said.add(keyOf(members));
  }
  for (const [tag, members] of byTag) {
    if (said.has(keyOf(members))) continue;
    found.push(
      `programs with the same instructions (tag ${tag}) are here ${members.length} times: ${places(members)}`,
    );
  }
  return found;
}

function groups(
  attachments: readonly AttachmentState[],
  key: (attachment: AttachmentState) => string | null,
): readonly (readonly [string, readonly AttachmentState[]])[] {
  const found = new Map<string, AttachmentState[]>();
  for (const attachment of attachments) {
    const text = key(attachment);
    if (text !== null && text !== '') found.set(text, [...(found.get(text) ?? []), attachment]);
  }
  return [...found].filter(([, members]) => members.length > 1);
}

function keyOf(members: readonly AttachmentState[]): string {
  return members.map(({ position }) => position).join();
}

function places(members: readonly AttachmentState[]): string {
  return describeList(members.map(({ position, program }) => `id:${program.id} at position ${position}`));
}

function unheld(attachments: readonly AttachmentState[]): readonly string[] {
  return attachments.flatMap((attachment) => {
    const { link } = attachment;
    if (link?.pins?.length !== 0 || link.holders?.length !== 0) return [];
    return `link:${link.id} is pinned nowhere, and no process that can be seen from here holds it: ${describeAttachment(attachment)} may go at any moment`;
  });
}

function unknownLinks(attachments: readonly AttachmentState[]): readonly string[] {
  const unknown = attachments.filter(({ linkUnknown }) => linkUnknown === true);
  if (unknown.length === 0) return [];
  const positions = unknown.map(({ position }) => String(position)).join(', ');
  return [
    `whether a link owns what is at position ${positions}, and which, cannot be told: the kernel names programs alone`,
  ];
}

/**
 * Defunct links of such hooks, the youngest first: ours, and those that run a program that is attached here. A defunct link
 * does not tell what it was attached to, so any other would be a warning on every hook of the host.
 */
function defunct(
  view: HostView,
  hook: FoundHook,
  attachments: readonly AttachmentState[],
): readonly string[] {
  const links = view.linkWalk.links
    .filter((link) => isDefunct(link) === true && isOf(hook, link))
    .sort((a, b) => b.id - a.id);
  const ours = links.filter(({ id, programId }) => view.ownsLink(id, programId) === true);
  const found: string[] = [];
  if (ours.length > 0) {
    const [subject, verb] =
      ours.length === 1 ? ['a link of ours', 'is'] : [`${ours.length} links of ours`, 'are'];
    const pinned = ours.some(({ id }) => view.pins.link(id)?.length);
    found.push(
      `${subject} for ${hook.layer}/${hook.direction} ${verb} defunct, since what it was attached to is gone: ${describeList(ours.map((link) => withPin(view, link)))}${pinned ? '; mprog link prune removes our pins of such links' : ''}`,
    );
  }
  for (const link of links.filter((one) => !ours.includes(one))) {
    const member = attachments.find(({ program }) => program.id === link.programId);
    if (member === undefined) continue;
    found.push(
      `${withPin(view, link)} is defunct, since what it was attached to is gone; its program is the one at position ${member.position}, ${describeProgram(member.program)}`,
    );
  }
  return found;
}

function withPin(view: HostView, { id }: LinkInfo): string {
  const [pin] = view.pins.link(id) ?? [];
  return `link:${id}${pin === undefined ? '' : ` pinned at ${pin}`}`;
}

const attachTypes: Readonly<Record<string, number>> = {
  'tcx/ingress': attachType.TCX_INGRESS,
  'tcx/egress': attachType.TCX_EGRESS,
  'netkit/primary': attachType.NETKIT_PRIMARY,
  'netkit/peer': attachType.NETKIT_PEER,
};

function isOf({ layer, direction }: FoundHook, link: LinkInfo): boolean {
  if (layer === 'cgroup')
    return link.type === linkType.CGROUP && cgroupAttachTypeName(link.attachType) === direction;
  return attachTypes[`${layer}/${direction}`] === link.attachType && link.type !== linkType.CGROUP;
}
