import type { ObjectLoader } from './object-loader.js';
import type { SystemCall } from './system-call.js';
import type { World } from './world.js';

/** One caller on one kernel: the waist, the world around it, and the reader of object files. */
export interface Host extends Disposable {
  readonly systemCall: SystemCall;
  readonly world: World;
  readonly objects: ObjectLoader;
  /** Gives the arena and helpers of this object back; on the simulated kernel it ends the process, closing its fds. */
  close(): void;
}
