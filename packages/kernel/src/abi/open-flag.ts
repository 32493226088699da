/** Flags of commands that open an object (spec 15.2, 15.4, 15.6). */
export const openFlag = {
  RDONLY: 8,
  WRONLY: 16,
  /** A relative path starts at the directory in `path_fd`. */
  PATH_FD: 1 << 14,
  /** A token comes with the call. */
  TOKEN_FD: 1 << 16,
} as const;
