import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { posix } from 'node:path';
import { MprogError } from '@mprog/core';
import { cgroupMount } from './cgroups.js';
import { fromFileError } from './linux-error.js';

const NAME = /^mprog-(\d+)-\d+$/;

let count = 0;

/** The cgroups of one laboratory: directories `mprog-PID-N` in the cgroup2 tree. */
export class LaboratoryCgroups {
  readonly #mount: string = cgroupMount();
  readonly #paths: string[] = [];

  /** Sweeps first what processes left behind that have ended. */
  constructor() {
    sweepCgroups(this.#mount);
  }

  /** Makes a cgroup below one of these, or below the root of the tree; returns its path. */
  add(parent: string = '/'): string {
    if (parent !== '/') this.require(parent, `add a cgroup below ${parent}`);
    for (;;) {
      const path = posix.join(parent, `mprog-${process.pid}-${count++}`);
      try {
        mkdirSync(this.#mount + path);
      } catch (error) {
        // Another thread of this process counts for itself.
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw fromFileError(`add cgroup ${path}`, error);
      }
      this.#paths.push(path);
      return path;
    }
  }

  /** Removes the directory; what was attached is released some milliseconds later. */
  remove(path: string): void {
    this.require(path, `remove cgroup ${path}`);
    try {
      rmdirSync(this.#mount + path);
    } catch (error) {
      throw fromFileError(`remove cgroup ${path}`, error);
    }
    this.#paths.splice(this.#paths.indexOf(path), 1);
  }

  /** The file that a process is moved into a cgroup by. */
  processesFile(path: string): string {
    return posix.join(this.#mount, path, 'cgroup.procs');
  }

  /**
   * Makes sure that a path is one of these.
   *
   * @throws MprogError `ENOENT`
   */
  require(path: string, operation: string): void {
    if (this.#paths.includes(path)) return;
    throw new MprogError('ENOENT', `${operation}: the laboratory has no such cgroup (ENOENT)`);
  }

  /** Removes all of them, children before parents. */
  close(): void {
    for (const path of this.#paths.splice(0).reverse()) rmdirSync(this.#mount + path);
  }
}

/** Removes the cgroups of laboratories whose process has ended without closing them. */
export function sweepCgroups(mount: string = cgroupMount()): void {
  for (const name of readdirSync(mount)) {
    const owner = NAME.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) removeTree(posix.join(mount, name));
  }
}

function removeTree(directory: string): void {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(posix.join(directory, entry.name));
    }
    rmdirSync(directory);
  } catch {
    // Somebody else sweeps too, or a process is still inside: the next one will do it.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
