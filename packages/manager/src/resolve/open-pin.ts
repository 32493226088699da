import { clip } from '@mprog/core';
import { isErrno, type PinnedObject } from '@mprog/kernel';
import type { Context } from '../context.js';
import { refusal } from '../manager-error.js';

/**
 * Opens what is pinned at a path, for reading what it is.
 *
 * @throws MprogError `ENOENT` when nothing is pinned there, `EACCES`, …
 */
export function openPin({ kernel }: Context, path: string, operation: string): PinnedObject {
  try {
    return kernel.pins.open(path);
  } catch (error) {
    // bpffs refuses to look for a name with a dot, since there can be none (spec 15.2 #3).
    const impossible = isErrno(error, 'EPERM') && path.includes('.');
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'ENOTDIR') && !impossible) throw error;
    throw refusal('ENOENT', operation, `nothing is pinned at ${clip(path)}`, {
      remedy: 'mprog link ls and mprog program ls show the pins that there are',
      cause: error,
      data: { path },
    });
  }
}
