import { clip } from '@mprog/core';
import type { Cgroup } from './objects/cgroup.js';
import { simulatedError } from './simulated-error.js';

/** Bytes that the name of a file may have. */
const MAX_NAME = 255;

/** The control groups of version 2 by path. */
export class CgroupTree {
  readonly #cgroups: Map<string, Cgroup> = new Map();
  readonly #removed: (cgroup: Cgroup) => void;
  nextId: number = 1;

  /** @param removed called for each cgroup that was removed, for what is attached to it */
  constructor(removed: (cgroup: Cgroup) => void) {
    this.#removed = removed;
  }

  /** Adds a cgroup below one that exists; `/` comes first. */
  add(path: string): Cgroup {
    const operation = `add cgroup ${clip(path)}`;
    checkPath(path, operation);
    if (this.#cgroups.has(path)) throw simulatedError(operation, 'EEXIST');
    const parent = parentOf(path);
    if (path !== '/' && !this.#cgroups.has(parent)) {
      throw simulatedError(operation, 'ENOENT', `there is no cgroup ${parent}`);
    }
    return this.restore(path, String(this.nextId++));
  }

  /** Removes a cgroup without children, with all that is attached to it (spec 10.8). */
  remove(path: string): void {
    const operation = `remove cgroup ${clip(path)}`;
    checkPath(path, operation);
    const cgroup = this.#cgroups.get(path);
    if (cgroup === undefined) throw simulatedError(operation, 'ENOENT', 'there is no such cgroup');
    if (path === '/') throw simulatedError(operation, 'EBUSY', 'the root stays');
    for (const other of this.#cgroups.keys()) {
      if (other.startsWith(`${path}/`)) throw simulatedError(operation, 'EBUSY', `it has the child ${other}`);
    }
    this.#cgroups.delete(path);
    cgroup.removed = true;
    this.#removed(cgroup);
  }

  get(path: string): Cgroup | undefined {
    return this.#cgroups.get(path);
  }

  /** Every cgroup, parents before children, siblings by name. */
  list(): readonly Cgroup[] {
    const key = (path: string): string => path.replaceAll('/', '\0');
    return [...this.#cgroups.values()].sort((a, b) => (key(a.path) < key(b.path) ? -1 : 1));
  }

  /** Forgets every cgroup, the root too. */
  clear(): void {
    this.#cgroups.clear();
  }

  /** Puts a cgroup of a saved tree back, whose parent is there. */
  restore(path: string, id: string): Cgroup {
    const parent = path === '/' ? null : this.#cgroups.get(parentOf(path))!;
    const cgroup: Cgroup = { kind: 'cgroup', path, id, parent, hooks: new Map(), removed: false };
    this.#cgroups.set(path, cgroup);
    return cgroup;
  }
}

/** The path of the cgroup that one is below. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function bytesOf(name: string): number {
  return new TextEncoder().encode(name).length;
}

function checkPath(path: string, operation: string): void {
  const parts = typeof path === 'string' && path.startsWith('/') ? path.slice(1).split('/') : [''];
  const bad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || bytesOf(part) > MAX_NAME || /[\0\n]/.test(part),
  );
  if (path !== '/' && bad)
    throw simulatedError(operation, 'EINVAL', 'not an absolute path inside the cgroup2 tree');
}
