import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { clip } from '@mprog/core';
import type { PinTree } from '../world.js';
import type { ForeignFunctions } from './ffi.js';
import { orThrow, withFileErrors } from './linux-error.js';
import { isVisible, mounts } from './mount-table.js';
import { statIfThere } from './stat-if-there.js';

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;
/** Bytes between the two paths of a call; a path has fewer. */
const PATH_ROOM = 4096;

const exchangeReasons: Readonly<Record<string, string>> = {
  ENOENT: 'one of the two is missing',
  EPERM: 'names on bpffs have no dots',
  EINVAL: 'one would be inside of the other',
};

/**
 * The BPF file systems of the calling thread's mount namespace.
 *
 * Everything is synchronous: a thread of a pool may be in another mount namespace than the caller.
 */
export class LinuxPinTree implements PinTree {
  readonly #foreign: ForeignFunctions;

  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
  }

  mounts(): readonly string[] {
    const visible = mounts().filter((mount) => mount.type === 'bpf' && isVisible(mount));
    return [...new Set(visible.map(({ point }) => point))];
  }

  mount(directory: string): void {
    const type = this.#foreign.text(0, 'bpf');
    const target = this.#foreign.text(8, directory);
    orThrow(this.#foreign.call('mount', type, target, type), `mount bpffs on ${directory}`, (code) =>
      code === 'EPERM' ? 'it needs CAP_SYS_ADMIN' : undefined,
    );
  }

  list(directory: string): readonly string[] {
    const found: string[] = [];
    const visit = (path: string) => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const below = path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
        if (entry.isDirectory()) visit(below);
        // The kernel's own files there (maps.debug) have dots, which no pin may have; they are text to be read.
        else if (!entry.name.includes('.')) found.push(below);
      }
    };
    withFileErrors(`list pins below ${directory}`, () => visit(directory));
    return found.sort();
  }

  kindOf(path: string): 'directory' | 'pin' | null {
    const found = withFileErrors(`look at ${clip(path)}`, () => statIfThere(path));
    if (found === undefined) return null;
    return found.isDirectory() ? 'directory' : 'pin';
  }

  makeDirectory(directory: string): void {
    withFileErrors(`make directory ${clip(directory)}`, () => makeWithParents(directory));
  }

  remove(path: string): void {
    withFileErrors(`remove pin ${clip(path)}`, () => unlinkSync(path));
  }

  removeDirectory(path: string): void {
    withFileErrors(`remove directory ${clip(path)}`, () => rmdirSync(path));
  }

  rename(from: string, to: string): void {
    withFileErrors(`rename pin ${from} to ${to}`, () => renameSync(from, to));
  }

  exchange(one: string, other: string): void {
    const operation = `exchange pins ${clip(one)} and ${clip(other)}`;
    const [first, second] = [this.#foreign.text(0, one), this.#foreign.text(PATH_ROOM, other)];
    orThrow(
      this.#foreign.call('renameat2', AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE),
      operation,
      (code) => exchangeReasons[code],
    );
  }
}

/** Node's own recursive form says ENOENT where a file system is read-only. */
function makeWithParents(directory: string): void {
  const missing: string[] = [];
  for (let at = directory; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const path of missing.length === 0 ? [directory] : missing) {
    try {
      mkdirSync(path);
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isThere || !statIfThere(path)?.isDirectory()) throw error;
    }
  }
}
