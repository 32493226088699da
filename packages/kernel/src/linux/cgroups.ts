import { readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { clip, MprogError } from '@mprog/core';
import { normalCgroupPath } from '../cgroup-path.js';
import type { Cgroup } from '../world.js';
import type { ForeignFunctions } from './ffi.js';
import { fromFileError, orThrow, withFileErrors } from './linux-error.js';
import { isVisible, type Mount, mounts } from './mount-table.js';
import { bytesOfPath, pathOfBytes } from './path-bytes.js';
import { statIfThere } from './stat-if-there.js';

const AT_FDCWD = -100;
const O_DIRECTORY = { x64: 0o200000, arm64: 0o40000 } as const;
const O_CLOEXEC = 0o2000000;

/**
 * Where the version 2 tree of cgroups is mounted and not hidden by another mount: as a whole if anywhere, else in part.
 *
 * @param visible tells whether a mount can be reached at its point
 * @throws MprogError `ENOENT` when it is not mounted
 */
export function cgroupMount(
  table: readonly Mount[] = mounts(),
  visible: (mount: Mount) => boolean = isVisible,
): string {
  const candidates = table.filter((mount) => mount.type === 'cgroup2' && visible(mount));
  const mount = candidates.find(({ root }) => root === '/') ?? candidates[0];
  if (mount === undefined) {
    throw new MprogError(
      'ENOENT',
      'find the cgroups: no cgroup2 file system is mounted (ENOENT); mount -t cgroup2 none /sys/fs/cgroup',
    );
  }
  return mount.point;
}

/**
 * Cgroups of the version 2 tree, parents before children, siblings by name; bytes of names that are no UTF-8 are lone
 * surrogates, U+DC80 to U+DCFF.
 */
export function listCgroups(): readonly Cgroup[] {
  const root = cgroupMount();
  const found: Cgroup[] = [];
  const visit = (path: string) => {
    const directory = root + path;
    const bytes = bytesOfPath(directory);
    found.push({ path, id: String(statSync(bytes, { bigint: true }).ino) });
    const children = readdirSync(bytes, { withFileTypes: true, encoding: 'buffer' })
      .filter((entry) => entry.isDirectory())
      .map((entry) => pathOfBytes(entry.name))
      .sort();
    for (const name of children) {
      try {
        visit(posix.join(path, name));
      } catch (error) {
        // A cgroup may go while the tree is walked.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  };
  try {
    visit('/');
  } catch (error) {
    throw fromFileError(`list the cgroups below ${root}`, error);
  }
  return found;
}

/** Where the version 2 tree is mounted; null where it is not. */
export function cgroupMountOrNull(): string | null {
  try {
    return cgroupMount();
  } catch (error) {
    if (MprogError.is(error)) return null;
    throw error;
  }
}

/**
 * The cgroup that a path means, inside the tree or below its mount point.
 *
 * @throws MprogError `EINVAL`, `ENOENT`, `ENOTDIR`
 */
export function findCgroup(path: string): Cgroup {
  const operation = `find cgroup ${clip(path)}`;
  const table = mounts();
  const mount = cgroupMount(table);
  const inside = normalCgroupPath(path, mount, operation);
  const stats = withFileErrors(operation, () => statIfThere(bytesOfPath(posix.join(mount, inside))));
  if (stats === undefined) throw missing(operation, inside, mount, table);
  if (!stats.isDirectory()) {
    throw new MprogError(
      'ENOTDIR',
      `${operation}: it is a file of the cgroup ${posix.dirname(inside)} (ENOTDIR); name that`,
    );
  }
  return { path: inside, id: String(stats.ino) };
}

function missing(operation: string, path: string, mount: string, table: readonly Mount[]): MprogError {
  const old = table.find(({ type, point }) => type === 'cgroup' && `${path}/`.startsWith(`${point}/`));
  if (old === undefined) {
    // Where both versions are mounted, the tree of version 2 is not where most machines have it.
    const where = path.startsWith('/sys/') ? `; the tree of version 2 is mounted at ${mount}` : '';
    return new MprogError('ENOENT', `${operation}: there is no such cgroup (ENOENT)${where}`);
  }
  return new MprogError(
    'EINVAL',
    `${operation}: it lies in ${old.point}, a tree of version 1, which takes no programs (EINVAL); name one of version 2, below ${mount}`,
  );
}

/**
 * Opens the directory of a cgroup.
 *
 * @param path path inside the tree
 * @returns an fd, closed on exec
 */
export function openCgroup(foreign: ForeignFunctions, path: string): number {
  const operation = `open cgroup ${clip(path)}`;
  const mount = cgroupMount();
  const directory = foreign.text(0, posix.join(mount, normalCgroupPath(path, mount, operation)));
  const flags = O_DIRECTORY[foreign.machine] | O_CLOEXEC;
  return orThrow(foreign.call('openat', AT_FDCWD, directory, flags), operation, (code) => reasons[code]);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such cgroup',
  ENOTDIR: 'it is a file of a cgroup; name the directory',
};
