const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs an action that must not be cut in half: a signal that comes meanwhile ends the process after it, and after what is
 * printed right behind it.
 */
export async function uninterrupted<Result>(action: () => Result | Promise<Result>): Promise<Result> {
  let caught: NodeJS.Signals | null = null;
  const note = (signal: NodeJS.Signals) => {
    caught ??= signal;
  };
  for (const signal of signals) process.on(signal, note);
  try {
    return await action();
  } finally {
    // A signal that came during a synchronous action is delivered when the event loop polls, which it does for certain
    // only between two immediates.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    for (const signal of signals) process.off(signal, note);
    if (caught !== null) setImmediate(() => process.kill(process.pid, caught ?? 'SIGINT'));
  }
}
