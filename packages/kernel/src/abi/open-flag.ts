/** Flags of commands that open an object (spec 15.2, 15.4, 15.6). */
export const openFlag = {
  RDONLY: 8,
  WRONLY: 16,
  /** A relative path starts at the directory in `path_fd`. */
  PATH_FD: 0x4000,
  /** A token comes with the call. */
  TOKEN_FD: 0x1_0000,
} as const;
