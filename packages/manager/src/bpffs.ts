import { MprogError } from '@mprog/core';
import { isErrno, type World } from '@mprog/kernel';
import { refusal } from './manager-error.js';

/** Directory under bpffs for everything that is ours. */
const OURS = 'mprog';
const USUAL = '/sys/fs/bpf';

/**
 * The bpffs that our own pins go to: the one at `/sys/fs/bpf`, else the first.
 *
 * @throws MprogError `ENOENT` when none is mounted
 */
export function ownBpffs(world: World, operation: string): string {
  const mounts = world.pins.mounts();
  const mount = mounts.includes(USUAL) ? USUAL : mounts[0];
  if (mount === undefined) {
    throw refusal('ENOENT', operation, 'no bpffs is mounted, and pins live there', {
      remedy: `mount -t bpf bpffs ${USUAL}`,
    });
  }
  return mount;
}

/**
 * Whether a path is one of our pins: below `mprog/` of a bpffs.
 *
 * @param mounts mount points of bpffs
 */
export function isOurPin(mounts: readonly string[], path: string): boolean {
  return mounts.some((mount) => path.startsWith(`${below(mount)}${OURS}/`));
}

/**
 * Where a link that mprog makes is pinned by default: `mprog/links/NETNSINODE/IFINDEX-tcx_ingress/PROGRAM`, for a cgroup
 * `mprog/links/cgroup/ID-cgroup_inet_ingress/PROGRAM`.
 */
export function defaultLinkPin(
  mount: string,
  hook: {
    readonly netnsInode: string | null;
    readonly ifindex: number | null;
    readonly cgroupId: string | null;
    readonly layer: string;
    readonly direction: string;
  },
  program: string,
): string {
  const slot = `${hook.cgroupId ?? hook.ifindex}-${hook.layer}_${hook.direction}`;
  return `${below(mount)}${OURS}/links/${encodePinName(hook.netnsInode ?? 'cgroup')}/${encodePinName(slot)}/${encodePinName(program)}`;
}

/** Writes every byte outside `[A-Za-z0-9_-]` as `%XX`, since names on bpffs can hold neither dots nor slashes. */
export function encodePinName(name: string): string {
  return Array.from(new TextEncoder().encode(name), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/**
 * Checks a path that something is to be pinned at, before anything is done.
 *
 * @throws MprogError `ERR_INVALID_ARGUMENT`, `ENOENT` without bpffs, `EPERM` outside of one or for a name with a dot,
 * `EEXIST` when it is taken
 */
export function checkPinPath(world: World, path: string, operation: string): void {
  const refuse = (code: 'ERR_INVALID_ARGUMENT' | 'EPERM' | 'EEXIST', reason: string, remedy?: string) =>
    refusal(code, operation, reason, remedy === undefined ? {} : { remedy });
  const own = ownBpffs(world, operation);
  const names = path.split('/').slice(1);
  if (!path.startsWith('/') || path.includes('\0') || names.some((name) => name === '')) {
    throw refuse('ERR_INVALID_ARGUMENT', `${JSON.stringify(path)} is no absolute path of a pin`);
  }
  const mount = mountOf(world, path);
  if (mount === null) {
    throw refuse('EPERM', `${path} is not below a bpffs`, `choose a path below ${own}`);
  }
  if (path.slice(below(mount).length).includes('.')) {
    throw refuse('EPERM', `${path}: names on bpffs hold no dot`, 'choose another name');
  }
  if (exists(world, path)) {
    throw refuse(
      'EEXIST',
      `${path} is taken`,
      'choose another path with --pin, or remove that pin (mprog link prune removes those of links whose device is gone)',
    );
  }
}

/**
 * Makes the directory that a pin goes into.
 *
 * @returns undoes it: removes the directories that were made, as far as they are empty
 */
export function makePinDirectory(world: World, path: string): () => void {
  const mount = mountOf(world, path) ?? '';
  const made: string[] = [];
  for (let at = parent(path); at.length > mount.length && !exists(world, at); at = parent(at)) made.push(at);
  if (made[0] !== undefined) world.pins.makeDirectory(made[0]);
  return () => removeEmpty(world, made);
}

/** Removes what a pin of ours leaves empty above it, up to `mprog/` itself. */
export function tidyAbove(world: World, path: string): void {
  const directories: string[] = [];
  const mounts = world.pins.mounts();
  for (let at = parent(path); isOurPin(mounts, at); at = parent(at)) directories.push(at);
  removeEmpty(world, directories);
}

/** Stops at the first that holds something; that one which should be empty can't be removed is no reason to fail. */
function removeEmpty(world: World, directories: readonly string[]): void {
  for (const directory of directories) {
    try {
      world.pins.removeDirectory(directory);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue;
      if (MprogError.is(error)) return;
      throw error;
    }
  }
}

function mountOf(world: World, path: string): string | null {
  const mounts = world.pins.mounts().filter((mount) => path.startsWith(below(mount)));
  return mounts.sort((a, b) => b.length - a.length)[0] ?? null;
}

function exists(world: World, path: string): boolean {
  try {
    world.pins.list(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    // A pin is no directory, but it is there.
    if (isErrno(error, 'ENOTDIR')) return true;
    throw error;
  }
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function below(mount: string): string {
  return mount.endsWith('/') ? mount : `${mount}/`;
}
