/**
 * Layout of `union bpf_attr` for each command: byte offsets, and `end` of the last field that the kernel knows
 * (spec 1.4, 15). Fields are u32 unless their comment says otherwise; everything is little-endian.
 */
export const attr = {
  /** The whole union is this long on Linux 6.18; bytes behind it must be zero (spec 1.5). */
  progAttach: {
    target: 0,
    programFd: 4,
    attachType: 8,
    flags: 12,
    replaceFd: 16,
    relative: 20,
    expectedRevision: 24 /* u64 */,
    end: 32,
  },
  progQuery: {
    target: 0,
    attachType: 4,
    queryFlags: 8,
    attachFlags: 12,
    programIds: 16 /* pointer */,
    count: 24,
    padding: 28,
    programFlags: 32 /* pointer */,
    linkIds: 40 /* pointer */,
    linkFlags: 48 /* pointer */,
    revision: 56 /* u64 */,
    end: 64,
  },
  linkCreate: {
    programFd: 0,
    target: 4,
    attachType: 8,
    flags: 12,
    relative: 16,
    padding: 20,
    expectedRevision: 24 /* u64 */,
    end: 64,
  },
  linkUpdate: { linkFd: 0, programFd: 4, flags: 8, oldProgramFd: 12, end: 16 },
  linkDetach: { linkFd: 0, end: 4 },
  getFdById: { id: 0, nextId: 4, openFlags: 8 },
  getInfo: { fd: 0, length: 4, info: 8 /* pointer */, end: 16 },
} as const;
