import { clip } from '@mprog/core';
import { errno } from '../abi/errno.js';
import type { PinTree } from '../world.js';
import type { PinDirectory, PinPlace, PinStore } from './pin-store.js';
import { orThrow, simulatedError } from './simulated-error.js';
import type { SimulatedProcess } from './simulated-process.js';

/** The BPF file systems as a process of a simulated kernel sees them (spec 15.2). */
export class SimulatedPinTree implements PinTree {
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  mounts(): readonly string[] {
    return this.#transact((pins) => [...pins.mounts.keys()]);
  }

  mount(directory: string): void {
    const operation = `mount bpffs on ${clip(directory)}`;
    this.#transact((pins) => {
      if (!this.#process.capabilities.has('CAP_SYS_ADMIN')) {
        throw simulatedError(operation, 'EPERM', 'it needs CAP_SYS_ADMIN');
      }
      const point = normalise(directory, operation);
      if (pins.mounts.has(point)) throw simulatedError(operation, 'EBUSY', 'there is one already');
      pins.mounts.set(point, { kind: 'directory', entries: new Map() });
    });
  }

  list(directory: string): readonly string[] {
    const operation = `list pins below ${clip(directory)}`;
    return this.#transact((pins) => {
      const point = normalise(directory, operation);
      const below = (root: PinDirectory, prefix: string) =>
        [...pins.below(root, prefix)].map(([path]) => path);
      const place = directoryAt(pins, point);
      const found = typeof place === 'number' ? [] : below(place, point);
      const prefix = point === '/' ? '/' : `${point}/`;
      const inner = [...pins.mounts].filter(([mount]) => mount.startsWith(prefix));
      if (typeof place === 'number' && inner.length === 0) orThrow(place, operation);
      return [...found, ...inner.flatMap(([mount, root]) => below(root, mount))].sort();
    });
  }

  kindOf(path: string): 'directory' | 'pin' | null {
    const operation = `look at ${clip(path)}`;
    return this.#transact((pins) => {
      const place = pins.find(normalise(path, operation));
      if (place === -errno.EEXIST) return 'directory';
      if (place === -errno.ENOENT || place === -errno.EXDEV) return null;
      if (typeof place === 'number') orThrow(place, operation);
      else if (place.entry !== undefined) return place.entry.kind === 'directory' ? 'directory' : 'pin';
      else if (place.name.includes('.'))
        throw simulatedError(operation, 'EPERM', 'names on bpffs have no dots');
      return null;
    });
  }

  makeDirectory(directory: string): void {
    const operation = `make directory ${clip(directory)}`;
    this.#transact((pins) => {
      const names = normalise(directory, operation).split('/').slice(1);
      for (let length = 1; length <= names.length; length++) {
        const place = pins.find(`/${names.slice(0, length).join('/')}`);
        if (place === -errno.EEXIST) continue;
        if (typeof place === 'number') orThrow(place, operation);
        else if (place.entry === undefined) {
          if (place.name.includes('.'))
            throw simulatedError(operation, 'EPERM', 'names on bpffs have no dots');
          place.directory.entries.set(place.name, { kind: 'directory', entries: new Map() });
        } else if (place.entry.kind !== 'directory') {
          throw simulatedError(operation, length === names.length ? 'EEXIST' : 'ENOTDIR');
        }
      }
    });
  }

  remove(path: string): void {
    const operation = `remove pin ${clip(path)}`;
    this.#transact((pins) => {
      const place = existing(pins, path, operation);
      if (place.entry?.kind === 'directory') throw simulatedError(operation, 'EISDIR');
      pins.remove(place);
    });
  }

  removeDirectory(path: string): void {
    const operation = `remove directory ${path}`;
    this.#transact((pins) => {
      const place = existing(pins, path, operation);
      if (place.entry?.kind !== 'directory') throw simulatedError(operation, 'ENOTDIR');
      if (place.entry.entries.size > 0) throw simulatedError(operation, 'ENOTEMPTY');
      pins.remove(place);
    });
  }

  rename(from: string, to: string): void {
    const operation = `rename pin ${clip(from)} to ${clip(to)}`;
    this.#transact((pins) => {
      const source = existing(pins, from, operation);
      const target = pins.find(to);
      if (typeof target === 'number') {
        orThrow(target, operation);
        return;
      }
      if (source.mount !== target.mount) throw simulatedError(operation, 'EXDEV');
      if (target.entry === undefined && target.name.includes('.')) {
        throw simulatedError(operation, 'EPERM', 'names on bpffs have no dots');
      }
      const entry = source.entry!;
      if (target.entry === entry && target.directory === source.directory && target.name === source.name)
        return;
      if (target.entry?.kind === 'directory') throw simulatedError(operation, 'EISDIR');
      if (entry.kind === 'directory') {
        if (target.entry !== undefined) throw simulatedError(operation, 'ENOTDIR');
        if (contains(entry, target.directory))
          throw simulatedError(operation, 'EINVAL', 'it would be inside of itself');
      }
      source.directory.entries.delete(source.name);
      pins.remove(target);
      target.directory.entries.set(target.name, entry);
    });
  }

  exchange(one: string, other: string): void {
    const operation = `exchange pins ${clip(one)} and ${clip(other)}`;
    this.#transact((pins) => {
      const [first, second] = [one, other].map((path) => exchangeable(pins, path, operation)) as [
        PinPlace,
        PinPlace,
      ];
      if (first.mount !== second.mount) throw simulatedError(operation, 'EXDEV');
      for (const { entry, name } of [first, second]) {
        if (entry !== undefined) continue;
        if (name.includes('.')) throw simulatedError(operation, 'EPERM', 'names on bpffs have no dots');
        throw simulatedError(operation, 'ENOENT', 'one of the two is missing');
      }
      const [a, b] = [first.entry!, second.entry!];
      if (first.directory === second.directory && first.name === second.name) return;
      const isInside =
        (a.kind === 'directory' && contains(a, second.directory)) ||
        (b.kind === 'directory' && contains(b, first.directory));
      if (isInside) throw simulatedError(operation, 'EINVAL', 'one would be inside of the other');
      first.directory.entries.set(first.name, b);
      second.directory.entries.set(second.name, a);
    });
  }

  #transact<Result>(action: (pins: PinStore) => Result): Result {
    return this.#process.transact((kernel) => action(kernel.pins));
  }
}

function normalise(path: string, operation: string): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.includes('\0')) {
    throw simulatedError(operation, 'EINVAL', 'not an absolute path');
  }
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

function existing(pins: PinStore, path: string, operation: string): PinPlace {
  const place = pins.find(normalise(path, operation));
  if (place === -errno.EEXIST) throw simulatedError(operation, 'EBUSY', 'it is no pin');
  if (place === -errno.EXDEV) throw simulatedError(operation, 'ENOENT');
  if (typeof place === 'number') {
    orThrow(place, operation);
    throw simulatedError(operation, 'ENOENT');
  }
  if (place.entry === undefined) throw simulatedError(operation, 'ENOENT');
  return place;
}

/** A path of an exchange; what is not on bpffs counts as on another file system, whether or not it exists. */
function exchangeable(pins: PinStore, path: string, operation: string): PinPlace {
  const place = pins.find(normalise(path, operation));
  if (place === -errno.EXDEV || place === -errno.EEXIST) throw simulatedError(operation, 'EXDEV');
  if (typeof place !== 'number') return place;
  orThrow(place, operation);
  throw simulatedError(operation, 'ENOENT');
}

function directoryAt(pins: PinStore, path: string): PinDirectory | number {
  const root = pins.mounts.get(path);
  if (root !== undefined) return root;
  const place = pins.find(path);
  if (typeof place === 'number')
    return place === -errno.EXDEV || place === -errno.EEXIST ? -errno.ENOENT : place;
  if (place.entry === undefined) return -errno.ENOENT;
  return place.entry.kind === 'directory' ? place.entry : -errno.ENOTDIR;
}

function contains(directory: PinDirectory, inner: PinDirectory): boolean {
  if (directory === inner) return true;
  return [...directory.entries.values()].some(
    (entry) => entry.kind === 'directory' && contains(entry, inner),
  );
}
