import type { ChangeMember } from '@mprog/manager';

/** What is to be said of a member of a chain besides its name: its ids, and that it is somebody else's. */
export function memberDetails({
  program,
  link,
  linkUnknown,
  ours,
}: Pick<ChangeMember, 'program' | 'link' | 'linkUnknown' | 'ours'>): readonly string[] {
  return [
    program.id === null ? 'to be loaded' : `id ${program.id}`,
    ...(link === null ? [] : [link.id === null ? 'link' : `link ${link.id}`]),
    ...(linkUnknown === true ? ['link ?'] : []),
    ...(ours === false ? ['foreign'] : []),
  ];
}
