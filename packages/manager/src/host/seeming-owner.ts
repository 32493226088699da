import type { AttachmentState } from './state.js';

/** Prefixes that well-known agents give their programs: a hint for people, never proof. */
const agents: readonly (readonly [RegExp, string])[] = [
  [/^cil_/, 'Cilium'],
  [/^cali_/, 'Calico'],
  [/^sd_/, 'systemd'],
];

/** Whose an attachment seems to be, as a clause: by its pins, else by its name. */
export function seemingOwner(attachment: Pick<AttachmentState, 'program' | 'link'>): string {
  const pin = attachment.link?.pins?.[0] ?? attachment.program.pins?.[0];
  if (pin !== undefined) return `it seems to belong to whoever pinned it at ${pin}`;
  const name = attachment.program.fullName ?? attachment.program.name;
  if (name === null || name === '') return 'nothing tells whose it is';
  const agent = agents.find(([prefix]) => prefix.test(name))?.[1];
  return agent === undefined
    ? `its program is called ${name} and pinned nowhere`
    : `by its name ${name} it seems to belong to ${agent}`;
}
