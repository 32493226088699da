import { clip, MprogError } from '@mprog/core';
import { isErrno, type World } from '@mprog/kernel';
import { refusal } from '../manager-error.js';

/** Directory under bpffs for everything that is ours. */
const OURS = 'mprog';
/** Directory below it for what can be undone. */
export const UNDO = 'undo';
/** Directory that is made and removed again to see whether pins may be made beside it. */
const TRIAL = 'mprog-trial';
const PIN_ATTEMPTS = 10;
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
 * Whether a pin makes what it holds ours: it is one of our pins, and does not just keep somebody's program for undoing that
 * it was taken off a hook.
 *
 * @param mounts mount points of bpffs
 */
export function isOwningPin(mounts: readonly string[], path: string): boolean {
  const kept = mounts.some((mount) => path.startsWith(`${below(mount)}${OURS}/${UNDO}/`));
  return !kept && isOurPin(mounts, path);
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
 * @param taken what to do when something is there already
 * @throws MprogError `ERR_INVALID_ARGUMENT`, `ENOENT` without bpffs, `EPERM` outside of one or for a name with a dot,
 * `EEXIST` when it is taken, `ENOTDIR` below a pin
 */
export function checkPinPath(world: World, path: string, operation: string, taken: string): void {
  const own = ownBpffs(world, operation);
  const names = path.split('/').slice(1);
  if (!path.startsWith('/') || path.includes('\0') || names.some((name) => name === '')) {
    const reason = `${JSON.stringify(clip(path))} is no absolute path of a pin`;
    throw refusal('ERR_INVALID_ARGUMENT', operation, reason, { remedy: `choose a path below ${own}` });
  }
  const mount = mountOf(world, path);
  if (mount === null) {
    const remedy = `choose a path below ${own}`;
    throw refusal('EPERM', operation, `${clip(path)} is not below a bpffs`, { remedy });
  }
  if (path.slice(below(mount).length).includes('.')) {
    const remedy = 'choose another name';
    throw refusal('EPERM', operation, `${clip(path)}: names on bpffs hold no dot`, { remedy });
  }
  for (const at of fromTop(mount, path)) {
    const found = world.pins.kindOf(at);
    if (found === null) return;
    if (at === path) throw refusal('EEXIST', operation, `${clip(path)} is taken`, { remedy: taken });
    if (found === 'pin') {
      const remedy = 'choose another path';
      throw refusal('ENOTDIR', operation, `${clip(at)} is a pin and no directory`, { remedy });
    }
  }
}

/**
 * Makes the directory that a pin goes into and tries whether it takes one, then does what pins something there; when that
 * fails the directories that were made go again.
 *
 * @param path null for an action that pins nothing
 * @throws MprogError `EROFS`, `EACCES`, … before the action, and what the action throws
 */
export function withPinDirectory<Result>(
  world: World,
  path: string | null,
  operation: string,
  action: () => Result,
): Result {
  if (path === null) return action();
  const mount = mountOf(world, path) ?? '';
  const directory = parent(path);
  const missing = fromTop(mount, directory)
    .filter((at) => world.pins.kindOf(at) === null)
    .reverse();
  try {
    try {
      // Making something is the only question whose answer holds for every right and every mount.
      world.pins.makeDirectory(`${directory}/${TRIAL}`);
      removeTrial(world, directory);
    } catch (error) {
      throw unfit(error, mount, directory, operation);
    }
    return action();
  } catch (error) {
    removeEmpty(world, missing);
    throw error;
  }
}

/**
 * Pins something in a directory that is made for it; when another process removes the directory in between, since nothing was
 * in it yet, once more.
 *
 * @throws MprogError as `withPinDirectory`
 */
export function pinInDirectory(world: World, path: string, operation: string, pin: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      withPinDirectory(world, path, operation, pin);
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || attempt === PIN_ATTEMPTS) throw error;
    }
  }
}

function unfit(error: unknown, mount: string, directory: string, operation: string): unknown {
  if (isErrno(error, 'EROFS')) {
    return refusal('EROFS', operation, `bpffs at ${mount} is read-only`, {
      remedy: `remount it with mount -o remount,rw ${mount}`,
      cause: error,
    });
  }
  if (!MprogError.is(error)) return error;
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return refusal(error.code, operation, `no pin may be made in ${clip(directory)}`, {
      remedy: 'choose a directory that may be written',
      cause: error,
    });
  }
  return new MprogError(error.code, `${operation}: ${error.message}`, { cause: error, data: error.data });
}

/** Another process that tries the same directory, or tidies it, may have been faster. */
function removeTrial(world: World, directory: string): void {
  try {
    world.pins.removeDirectory(`${directory}/${TRIAL}`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Removes what a pin of ours leaves empty above it, up to `mprog/` itself. */
export function tidyAbove(world: World, path: string): void {
  // A process that was killed may have left a trial.
  const directories: string[] = [`${parent(path)}/${TRIAL}`];
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

/** The paths from right below a mount point to a path, which is the last. */
function fromTop(mount: string, path: string): readonly string[] {
  const paths: string[] = [];
  for (let at = path; at.length > mount.length && at !== ''; at = parent(at)) paths.unshift(at);
  return paths;
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function below(mount: string): string {
  return mount.endsWith('/') ? mount : `${mount}/`;
}
