/** Sizes of bpf(2) itself on Linux 6.18 (spec 1.5, 15). */
export const abiSize = {
  /** Bytes of `union bpf_attr`; what a caller passes beyond must be zero. */
  attr: 168,
  /** The largest attr that is looked at. */
  page: 4096,
  /** Bytes of the names of programs and maps, the closing zero included. */
  name: 16,
  /** Bytes of one instruction. */
  instruction: 8,
  /** Bytes of a program's tag. */
  tag: 8,
} as const;
