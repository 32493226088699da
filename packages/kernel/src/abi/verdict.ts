/** Return values of tcx and netkit programs (spec 8.6, 9.5). */
export const verdict = { NEXT: -1, PASS: 0, DROP: 2, REDIRECT: 7 } as const;
