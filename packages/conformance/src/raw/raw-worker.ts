import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { CgroupWatcher } from '../cgroup-watcher.js';
import { busyTypes } from './busy-types.js';
import { planRaw } from './plan-raw.js';
import { linuxMemory } from './raw-memory.js';
import type { RawAnswer, RawRequest } from './raw-process.js';
import { RawWorld } from './raw-world.js';
import { runRaw } from './run-raw.js';

// The program of a process of its own, in which raw calls go to the running kernel: in namespaces that are gone with it,
// and with nothing else in its memory that a call could damage.

// A ctrl-C goes to the whole process group; who started this process ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
const watcher = new CgroupWatcher();
const laboratory = openLinuxLaboratory();
const memory = linuxMemory(laboratory);

process.on('message', (request: RawRequest) => {
  process.send!(answer(request));
});
process.on('disconnect', () => {
  memory[Symbol.dispose]();
  laboratory.close();
  watcher.close();
});

function answer({ keep, ...options }: RawRequest): RawAnswer {
  try {
    using world = new RawWorld(memory);
    const without = busyTypes(world, memory);
    const steps = planRaw({ ...options, without }).filter(({ index }) => keep?.includes(index) ?? true);
    const outcomes = runRaw(steps, memory, world);
    return { base: memory.base, without, outcomes, numbers: world.numbers };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
