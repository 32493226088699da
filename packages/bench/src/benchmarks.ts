import type { Benchmark } from './benchmark.js';

/** Every benchmark by its name, loaded when it is run, so that it runs in a process without the others. */
export const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  engine: async () => (await import('./engine/engine.js')).engine,
  forms: async () => (await import('./engine/forms.js')).forms,
  refusal: async () => (await import('./engine/refusal.js')).refusal,
  run: async () => (await import('./run/run.js')).run,
  'run-without-generation': async () =>
    (await import('./run/run-without-generation.js')).runWithoutGeneration,
  'start-up': async () => (await import('./start-up.js')).startUp,
  client: async () => (await import('./kernel/client.js')).client,
  'event-loop': async () => (await import('./kernel/event-loop.js')).eventLoop,
  soak: async () => (await import('./kernel/soak.js')).soak,
  listing: async () => (await import('./kernel/listing.js')).listing,
  'many-hooks': async () => (await import('./many-hooks.js')).manyHooks,
};
