import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { CgroupWatcher } from '../cgroup-watcher.js';
import { busyTypes } from './busy-types.js';
import { planRaw } from './plan-raw.js';
import { linuxMemory, type RawMemory } from './raw-memory.js';
import type { RawAnswer, RawRequest } from './raw-process.js';
import { RawWorld } from './raw-world.js';
import { runRaw } from './run-raw.js';

// The program of a process of its own, in which raw calls go to the running kernel: in namespaces that are gone with it,
// and with nothing else in its memory that a call could damage.

// A ctrl-C goes to the whole process group; who started this process ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
const watcher = new CgroupWatcher();
let opened: { readonly laboratory: Laboratory; readonly memory: RawMemory } | undefined;

process.on('message', (request: RawRequest) => {
  // Who asked may have been killed meanwhile; nobody is left then to be told anything.
  process.send!(answer(request), undefined, undefined, () => undefined);
});
process.on('disconnect', () => {
  opened?.memory[Symbol.dispose]();
  opened?.laboratory.close();
  watcher.close();
});

/** The laboratory, opened with the first request: what it lacks is then an answer. */
function open(): NonNullable<typeof opened> {
  const laboratory = openLinuxLaboratory();
  return { laboratory, memory: linuxMemory(laboratory) };
}

function answer({ keep, ...options }: RawRequest): RawAnswer {
  try {
    opened ??= open();
    const { memory } = opened;
    using world = new RawWorld(memory);
    const without = busyTypes(world, memory);
    const steps = planRaw({ ...options, without }).filter(({ index }) => keep?.includes(index) ?? true);
    const outcomes = runRaw(steps, memory, world);
    return { base: memory.base, without, outcomes, numbers: world.numbers };
  } catch (error) {
    const { message } = error as Error;
    return MprogError.is(error)
      ? { error: message, code: error.code }
      : { error: `${message} (EIO)`, code: 'EIO' };
  }
}
