const BOUND_MILLISECONDS = 10_000;

/** Waits for what the kernel does by itself; on the simulated kernel it has happened. */
export function eventually(what: string, happened: () => boolean): void {
  const deadline = performance.now() + BOUND_MILLISECONDS;
  while (!happened()) if (performance.now() > deadline) throw new Error(`${what}: it never happened`);
}
