import { closeSync, existsSync, openSync, readSync } from 'node:fs';
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
const ELF_HEADER_BYTES = 64;

/**
 * Loads koffi: its addon alone where that is found, because koffi's own search for it takes longer than the rest of a
 * start-up, else koffi.
 *
 * @param executable the program that runs, whose C library decides which of two addons fits
 * @throws Error of `require` when koffi or its addon is not installed, or the addon was cut off
 */
export function loadKoffi(require: NodeJS.Require, machine: Machine, executable: string): LoadedKoffi {
  const folder = folderOfAddon(machine, executable);
  // To ask where koffi is takes half a millisecond; where packages lie side by side, that need not be known.
  const beside = loadAddon(require, machine, folder, require.resolve.paths('koffi') ?? []);
  if (beside !== null) return beside;
  const path = require.resolve('koffi');
  return (
    loadAddon(require, machine, folder, [join(dirname(path), '..')]) ?? {
      koffi: require(path) as Koffi,
      path,
    }
  );
}

/** From the first of the folders of packages that has it; null where it is in none, or another one than wanted. */
function loadAddon(
  require: NodeJS.Require,
  machine: Machine,
  folder: string | null,
  packages: readonly string[],
): LoadedKoffi | null {
  if (folder === null) return null;
  const file = `@koromix/koffi-linux-${machine}/${folder}/koffi.node`;
  const path = packages.map((one) => join(one, file)).find((one) => existsSync(one));
  if (path === undefined) return null;
  if (isCutOff(path)) throw new Error(`open ${path}: it was cut off`);
  try {
    // By way of `require`, which opens it once, also when something else in this process uses koffi.
    const addon = require(path) as Koffi;
    return addon.version === VERSION ? { koffi: addon, path } : null;
  } catch {
    return null;
  }
}

/** Whether the end of an ELF file is missing: the dynamic linker does not look, and the process dies of SIGBUS. */
function isCutOff(path: string): boolean {
  const head = readAt(path, 0, ELF_HEADER_BYTES);
  if (head?.length !== ELF_HEADER_BYTES || head.toString('latin1', 0, 4) !== '\x7fELF') return false;
  // The table of sections ends the file: its offset (below 4 GiB), bytes of an entry, and entries.
  const end = head.readUInt32LE(0x28) + head.readUInt16LE(0x3a) * head.readUInt16LE(0x3c);
  return readAt(path, end - 1, 1)?.length !== 1;
}

/** Null where the C library cannot be told. */
function folderOfAddon(machine: Machine, executable: string): string | null {
  const head = readAt(executable, 0, HEAD_BYTES);
  if (head === null) return null;
  if (head.includes('/ld-linux-')) return `linux_${machine}`;
  return head.includes('/ld-musl-') ? `musl_${machine}` : null;
}

/** Bytes of a file, fewer where it ends; null where it cannot be read. */
function readAt(path: string, offset: number, length: number): Buffer | null {
  const bytes = Buffer.alloc(length);
  try {
    const fd = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(fd, bytes, 0, length, offset));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
