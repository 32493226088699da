import type { Cgroup } from '../world.js';
import { simulatedError } from './simulated-error.js';

/** The control groups of version 2: paths and ids. */
export class CgroupTree {
  readonly #ids: Map<string, string> = new Map();
  nextId: number = 1;

  /** Adds a cgroup below one that exists; `/` comes first. */
  add(path: string): Cgroup {
    const operation = `add cgroup ${path}`;
    checkPath(path, operation);
    if (this.#ids.has(path)) throw simulatedError(operation, 'EEXIST');
    if (path !== '/' && !this.#ids.has(parentOf(path))) {
      throw simulatedError(operation, 'ENOENT', `there is no cgroup ${parentOf(path)}`);
    }
    const id = String(this.nextId++);
    this.#ids.set(path, id);
    return { path, id };
  }

  /** Removes a cgroup without children. */
  remove(path: string): void {
    const operation = `remove cgroup ${path}`;
    checkPath(path, operation);
    if (!this.#ids.has(path)) throw simulatedError(operation, 'ENOENT', 'there is no such cgroup');
    if (path === '/') throw simulatedError(operation, 'EBUSY', 'the root stays');
    for (const other of this.#ids.keys()) {
      if (other.startsWith(`${path}/`)) throw simulatedError(operation, 'EBUSY', `it has the child ${other}`);
    }
    this.#ids.delete(path);
  }

  has(path: string): boolean {
    return this.#ids.has(path);
  }

  /** Every cgroup, parents before children, siblings by name. */
  list(): readonly Cgroup[] {
    const key = (path: string): string => path.replaceAll('/', '\0');
    return [...this.#ids]
      .map(([path, id]) => ({ path, id }))
      .sort((a, b) => (key(a.path) < key(b.path) ? -1 : 1));
  }

  /** Forgets every cgroup, the root too. */
  clear(): void {
    this.#ids.clear();
  }

  /** Puts a cgroup of a saved tree back. */
  restore({ path, id }: Cgroup): void {
    this.#ids.set(path, id);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function checkPath(path: string, operation: string): void {
  const parts = typeof path === 'string' && path.startsWith('/') ? path.slice(1).split('/') : [''];
  const bad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || part.length > 255 || /[\0\n]/.test(part),
  );
  if (path !== '/' && bad)
    throw simulatedError(operation, 'EINVAL', 'not an absolute path inside the cgroup2 tree');
}
