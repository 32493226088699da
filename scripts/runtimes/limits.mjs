/** What a test file may set with `vi.setConfig`, in milliseconds. */
export const limits = { testTimeout: 60_000 };
