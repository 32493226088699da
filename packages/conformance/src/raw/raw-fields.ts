import { attr, type CommandName } from '@mprog/kernel';

/** What a field of an attr means, where it means something that differs between kernels or that must not be anything. */
export type FieldKind =
  | 'fd'
  | 'target'
  | 'relative'
  | 'attach type'
  | 'pointer'
  | 'program id'
  | 'link id'
  | 'map id'
  | 'btf id'
  | 'start of program ids'
  | 'start of link ids'
  | 'start of map ids'
  | 'start of btf ids';

export interface RawField {
  readonly at: number;
  readonly kind: FieldKind;
}

const { progAttach, progQuery, linkCreate, linkUpdate } = attr;

const attachFields: readonly RawField[] = [
  { at: progAttach.attachType, kind: 'attach type' },
  { at: progAttach.target, kind: 'target' },
  { at: progAttach.programFd, kind: 'fd' },
  { at: progAttach.replaceFd, kind: 'fd' },
  { at: progAttach.relative, kind: 'relative' },
];

/** The commands that are tried, with their fields and the end of the last. */
export const rawCommands: Readonly<
  Partial<Record<CommandName, { readonly end: number; readonly fields: readonly RawField[] }>>
> = {
  PROG_ATTACH: { end: progAttach.end, fields: attachFields },
  PROG_DETACH: { end: progAttach.end, fields: attachFields },
  PROG_QUERY: {
    end: progQuery.end,
    fields: [
      { at: progQuery.attachType, kind: 'attach type' },
      { at: progQuery.target, kind: 'target' },
      { at: progQuery.programIds, kind: 'pointer' },
      { at: progQuery.programFlags, kind: 'pointer' },
      { at: progQuery.linkIds, kind: 'pointer' },
      { at: progQuery.linkFlags, kind: 'pointer' },
    ],
  },
  LINK_CREATE: {
    end: 60,
    fields: [
      { at: linkCreate.attachType, kind: 'attach type' },
      { at: linkCreate.target, kind: 'target' },
      { at: linkCreate.programFd, kind: 'fd' },
      { at: linkCreate.relative, kind: 'relative' },
    ],
  },
  LINK_UPDATE: {
    end: linkUpdate.end,
    fields: [
      { at: linkUpdate.linkFd, kind: 'fd' },
      { at: linkUpdate.programFd, kind: 'fd' },
      { at: linkUpdate.oldProgramFd, kind: 'fd' },
    ],
  },
  LINK_DETACH: { end: 4, fields: [{ at: 0, kind: 'fd' }] },
  PROG_GET_FD_BY_ID: { end: 4, fields: [{ at: 0, kind: 'program id' }] },
  LINK_GET_FD_BY_ID: { end: 4, fields: [{ at: 0, kind: 'link id' }] },
  MAP_GET_FD_BY_ID: { end: 12, fields: [{ at: 0, kind: 'map id' }] },
  BTF_GET_FD_BY_ID: {
    end: 16,
    fields: [
      { at: 0, kind: 'btf id' },
      { at: 12, kind: 'fd' },
    ],
  },
  PROG_GET_NEXT_ID: { end: 8, fields: [{ at: 0, kind: 'start of program ids' }] },
  LINK_GET_NEXT_ID: { end: 8, fields: [{ at: 0, kind: 'start of link ids' }] },
  MAP_GET_NEXT_ID: { end: 8, fields: [{ at: 0, kind: 'start of map ids' }] },
  BTF_GET_NEXT_ID: { end: 8, fields: [{ at: 0, kind: 'start of btf ids' }] },
  OBJ_GET_INFO_BY_FD: {
    end: attr.getInfo.end,
    fields: [
      { at: attr.getInfo.fd, kind: 'fd' },
      { at: attr.getInfo.info, kind: 'pointer' },
    ],
  },
};

/** Where the attach type of a command stands. */
export function attachTypeField(command: CommandName): number {
  return command === 'PROG_QUERY' ? progQuery.attachType : progAttach.attachType;
}

/** Attach types whose commands go to layers of which the specification gives no errno; never generated. */
export const foreignTypes: Readonly<Partial<Record<CommandName, readonly number[]>>> = {
  // sockmap, sk_msg, lirc, flow dissector, sk_lookup, LSM_CGROUP, struct_ops
  PROG_DETACH: [4, 5, 7, 16, 17, 36, 38, 43, 44],
  PROG_QUERY: [4, 5, 7, 16, 17, 36, 38, 43, 44],
};
