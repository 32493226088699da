/** Flags of PROG_ATTACH, PROG_DETACH and LINK_CREATE (spec 1.2). */
export const flag = {
  ALLOW_OVERRIDE: 1,
  ALLOW_MULTI: 2,
  REPLACE: 4,
  BEFORE: 8,
  AFTER: 16,
  ID: 32,
  PREORDER: 64,
  LINK: 8192,
} as const;

/** `query_flags` of PROG_QUERY (spec 1.2). */
export const queryFlag = { EFFECTIVE: 1 } as const;
