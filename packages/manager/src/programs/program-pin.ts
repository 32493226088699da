import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { encodePinName, ownBpffs } from '../host/bpffs.js';

/** What is at the path of a program of a policy. */
export type AtPin =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'program'; readonly id: number }
  | { readonly kind: 'other'; readonly what: string };

/**
 * Where a program of a policy is pinned: `mprog/programs/NAME`.
 *
 * @throws MprogError `ENOENT` without bpffs
 */
export function programPin({ world }: Pick<Context, 'world'>, name: string, operation: string): string {
  return `${own(world, operation)}/programs/${encodePinName(name)}`;
}

/** Where a program waits for the name that another one still has; no name of a program has a `~`. */
export function comingPin(pin: string): string {
  return `${pin}~new`;
}

/** Where what a change replaces is kept: `mprog/undo/ENTRY/ID`. */
export function undoPin(
  { world }: Pick<Context, 'world'>,
  entry: string,
  program: number,
  operation: string,
): string {
  return `${own(world, operation)}/undo/${encodePinName(entry)}/${program}`;
}

/** Looks what is pinned at a path, and changes nothing. */
export function readProgramPin({ kernel, world }: Pick<Context, 'kernel' | 'world'>, path: string): AtPin {
  try {
    using pinned = kernel.pins.open(path);
    if (pinned.kind !== 'program') return { kind: 'other', what: `a ${pinned.kind}` };
    return { kind: 'program', id: kernel.programs.info(pinned.fd).id };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'nothing' };
    if (isErrno(error, 'EACCES') && isDirectory(world.pins, path))
      return { kind: 'other', what: 'a directory' };
    throw error;
  }
}

function isDirectory(pins: Context['world']['pins'], path: string): boolean {
  try {
    pins.list(path);
    return true;
  } catch {
    return false;
  }
}

function own(world: Context['world'], operation: string): string {
  const mount = ownBpffs(world, operation);
  return `${mount === '/' ? '' : mount}/mprog`;
}
