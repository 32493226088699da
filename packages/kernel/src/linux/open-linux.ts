import type { Host } from '../host.js';
import type { ObjectLoader } from '../object-loader.js';
import type { SystemCall } from '../system-call.js';
import type { World } from '../world.js';
import { DescriptorOwners } from './descriptor-owners.js';
import { foreignFunctions } from './ffi.js';
import { LaterThread } from './later-thread.js';
import { LinuxKernel } from './linux-kernel.js';
import { LinuxWorld } from './linux-world.js';
import { Namespaces } from './namespaces.js';
import { LibbpfObjects } from './objects.js';

/** How the Linux kernel is opened. */
export interface LinuxOptions {
  /** Size of the arena in bytes, 1 MiB by default; rounded up to 64 KiB. */
  readonly arenaBytes?: number;
}

const ARENA_BYTES = 1024 * 1024;

/** The running Linux kernel as one host. */
export class LinuxHost implements Host {
  readonly systemCall: SystemCall;
  readonly world: World;
  readonly objects: ObjectLoader;
  /** For whoever makes namespaces that have no name and no process. */
  readonly namespaces: Namespaces;
  readonly #kernel: LinuxKernel;
  readonly #later: LaterThread;

  constructor(options: LinuxOptions = {}) {
    const foreign = foreignFunctions();
    const owners = new DescriptorOwners();
    this.namespaces = new Namespaces(foreign);
    this.#later = new LaterThread(foreign);
    this.#kernel = new LinuxKernel(foreign, this.#later, options.arenaBytes ?? ARENA_BYTES);
    this.systemCall = this.#kernel;
    this.world = new LinuxWorld(foreign, this.#later, this.namespaces, owners);
    this.objects = new LibbpfObjects(foreign, owners);
  }

  close(): void {
    this.#kernel.close();
    this.#later.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens the Linux kernel that this process runs on.
 *
 * It needs no rights by itself: each call is refused or not by the kernel. Ask `missingOnLinux` beforehand.
 *
 * @returns a host; `close()` it to end its helper thread
 * @throws MprogError `ENOSYS` on another system or machine than Linux on x86-64 or arm64, `EKOFFI` when koffi or its
 * binary is not installed
 * @example
 * using host = openLinux();
 * for (const device of host.world.devices()) console.log(device.ifindex, device.name);
 */
export function openLinux(options: LinuxOptions = {}): Host {
  return new LinuxHost(options);
}
