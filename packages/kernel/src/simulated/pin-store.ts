import { errno } from '../abi/errno.js';
import type { KernelObject } from './objects/kernel-object.js';
import type { LinkObject } from './objects/link.js';
import type { MapObject } from './objects/map.js';
import type { ProgramObject } from './objects/program.js';
import type { SimulatedKernel } from './simulated-kernel.js';

/** What can be pinned. */
export type Pinnable = ProgramObject | LinkObject | MapObject;

/** A directory of a BPF file system. */
export interface PinDirectory {
  readonly kind: 'directory';
  readonly entries: Map<string, PinDirectory | Pinnable>;
}

/** Where the last name of a path stands: in a directory of bpffs, as what is there or undefined. */
export interface PinPlace {
  readonly directory: PinDirectory;
  readonly name: string;
  readonly entry: PinDirectory | Pinnable | undefined;
  /** Mount point of the bpffs that it is on. */
  readonly mount: string;
}

const MAX_COMPONENT = 255;
const MAX_PATH = 4096;

/** The BPF file systems of a kernel: trees of directories and pins by mount point; a pin holds one reference (spec 15.2). */
export class PinStore {
  readonly mounts: Map<string, PinDirectory> = new Map();
  readonly #kernel: SimulatedKernel;

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
    this.mounts.set('/sys/fs/bpf', { kind: 'directory', entries: new Map() });
  }

  /**
   * Finds what a path leads to (spec 15.2).
   *
   * @returns the place, which a mount point itself does not have; or a negated error number: EEXIST for what exists outside
   *   of bpffs or is a mount point, EXDEV for a name that is missing in a directory that is no bpffs
   */
  find(path: string): PinPlace | number {
    if (path === '') return -errno.ENOENT;
    if (new TextEncoder().encode(path).length >= MAX_PATH) return -errno.ENAMETOOLONG;
    const parts: string[] = [];
    const names = path.split('/').filter((name) => name !== '');
    const last = names.at(-1);
    for (const [i, name] of names.entries()) {
      if (name === '.' || name === '..') {
        if (i > 0) {
          const above = this.#lookUp(parts);
          if (typeof above === 'number' && above !== -errno.EEXIST) return above;
          if (typeof above !== 'number' && above.entry?.kind !== 'directory') {
            return above.entry === undefined ? missing(above.name) : -errno.ENOTDIR;
          }
        }
        if (name === '..') parts.pop();
      } else parts.push(name);
    }
    if (last === '.' || last === '..') return -errno.EEXIST;
    const place = this.#lookUp(parts);
    if (typeof place !== 'number' && place.entry === undefined && path.endsWith('/')) return -errno.ENOENT;
    return place;
  }

  #lookUp(parts: readonly string[]): PinPlace | number {
    for (let length = parts.length; length >= 0; length--) {
      const mount = `/${parts.slice(0, length).join('/')}`;
      const root = this.mounts.get(mount);
      if (root === undefined) continue;
      return length === parts.length ? -errno.EEXIST : descend(root, parts.slice(length), mount);
    }
    // Outside there is nothing but the directories that lead to the mounts.
    const wrong = parts.findIndex((_, i) => !this.#isAboveMount(parts.slice(0, i + 1)));
    if (wrong < 0) return -errno.EEXIST;
    if (isTooLong(parts[wrong]!)) return -errno.ENAMETOOLONG;
    return wrong === parts.length - 1 ? -errno.EXDEV : -errno.ENOENT;
  }

  #isAboveMount(parts: readonly string[]): boolean {
    const prefix = parts.length === 0 ? '/' : `/${parts.join('/')}/`;
    return [...this.mounts.keys()].some((mount) => mount.startsWith(prefix));
  }

  /** Pins an object at a place where nothing is. */
  add(place: PinPlace, object: Pinnable): void {
    place.directory.entries.set(place.name, object);
    this.#kernel.acquireForUser(object);
  }

  /** Takes a pin away and gives its reference back. */
  remove(place: PinPlace): void {
    const { entry } = place;
    place.directory.entries.delete(place.name);
    if (entry !== undefined && entry.kind !== 'directory') this.#kernel.releaseForUser(entry);
  }

  /** Pins below a directory, as paths relative to it. */
  *below(directory: PinDirectory, prefix: string): Generator<readonly [path: string, object: Pinnable]> {
    for (const [name, entry] of directory.entries) {
      const path = `${prefix}/${name}`;
      if (entry.kind === 'directory') yield* this.below(entry, path);
      else yield [path, entry];
    }
  }
}

/** Whether an object can be pinned. */
export function isPinnable(object: KernelObject): object is Pinnable {
  return object.kind === 'program' || object.kind === 'link' || object.kind === 'map';
}

function descend(root: PinDirectory, names: readonly string[], mount: string): PinPlace | number {
  let directory = root;
  for (const name of names.slice(0, -1)) {
    const entry = directory.entries.get(name);
    if (entry === undefined) return missing(name);
    if (entry.kind !== 'directory') return -errno.ENOTDIR;
    directory = entry;
  }
  const name = names.at(-1)!;
  if (isTooLong(name)) return missing(name);
  return { directory, name, entry: directory.entries.get(name), mount };
}

/** A missing name with a dot is refused by bpffs already when it is looked up, before its length is. */
function missing(name: string): number {
  if (name.includes('.')) return -errno.EPERM;
  return isTooLong(name) ? -errno.ENAMETOOLONG : -errno.ENOENT;
}

function isTooLong(name: string): boolean {
  return new TextEncoder().encode(name).length > MAX_COMPONENT;
}
