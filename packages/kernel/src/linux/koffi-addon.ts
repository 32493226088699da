import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './system-call-number.js';

type Koffi = typeof import('koffi');

/** Koffi, and what another thread has to load to get the same. */
export interface LoadedKoffi {
  readonly koffi: Koffi;
  readonly path: string;
}

/** The version that this package depends on; the addon of another one may be kept elsewhere. */
const VERSION = '3.3.4';
/** Bytes at the beginning of a program in which the name of its dynamic linker stands, unless it was changed later. */
const HEAD_BYTES = 4096;

/**
 * Loads koffi: its addon alone where that is found, because koffi's own search for it takes longer than the rest of a
 * start-up, else koffi.
 *
 * @param executable the program that runs, whose C library decides which of two addons fits
 * @throws Error of `require` when koffi or its addon is not installed
 */
export function loadKoffi(require: NodeJS.Require, machine: Machine, executable: string): LoadedKoffi {
  const path = require.resolve('koffi');
  return loadAddon(require, dirname(path), machine, executable) ?? { koffi: require(path) as Koffi, path };
}

function loadAddon(
  require: NodeJS.Require,
  koffi: string,
  machine: Machine,
  executable: string,
): LoadedKoffi | null {
  try {
    const folder = folderOfAddon(machine, executable);
    if (folder === null) return null;
    const path = join(koffi, `../@koromix/koffi-linux-${machine}`, folder, 'koffi.node');
    // By way of `require`, which opens it once, also when something else in this process uses koffi.
    const addon = require(path) as Koffi;
    return addon.version === VERSION ? { koffi: addon, path } : null;
  } catch {
    return null;
  }
}

/** Null where the C library cannot be told. */
function folderOfAddon(machine: Machine, executable: string): string | null {
  const head = Buffer.alloc(HEAD_BYTES);
  const fd = openSync(executable, 'r');
  try {
    readSync(fd, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(fd);
  }
  if (head.includes('/ld-linux-')) return `linux_${machine}`;
  return head.includes('/ld-musl-') ? `musl_${machine}` : null;
}
