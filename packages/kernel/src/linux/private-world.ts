import { closeSync, openSync, stat, writeFileSync } from 'node:fs';
import { errno } from '../abi/errno.js';
import type { ForeignFunctions } from './ffi.js';
import { linuxError, orThrow, withFileErrors } from './linux-error.js';
import { CLONE_NEWNET, NAMESPACE_OF_THREAD } from './namespaces.js';

const CLONE_FS = 0x200;
const CLONE_NEWNS = 0x2_0000;
const MS_REC_PRIVATE = 0x4000 | 0x4_0000;
const MOUNTS_OF_THREAD = '/proc/thread-self/ns/mnt';
/** Where the kernel provides a directory for bpffs; covered in the private mount namespace alone. */
const BPFFS = '/sys/fs/bpf';

/**
 * Moves the calling thread into a network namespace of its own and gives an fd of it back.
 *
 * Devices in it send nothing by themselves: IPv6 is off, so that no packet is seen but those that are sent.
 */
export function enterFreshNamespace(foreign: ForeignFunctions): number {
  orThrow(foreign.call('unshare', CLONE_NEWNET), 'make a network namespace', (code) =>
    code === 'EPERM' ? 'it needs CAP_SYS_ADMIN' : undefined,
  );
  for (const scope of ['all', 'default']) {
    try {
      writeFileSync(`/proc/sys/net/ipv6/conf/${scope}/disable_ipv6`, '1');
    } catch {
      // A kernel without IPv6, or settings that are read-only: then there are a few packets more.
    }
  }
  return open(NAMESPACE_OF_THREAD);
}

function open(path: string): number {
  return withFileErrors(`open ${path}`, () => openSync(path, 'r'));
}

/** Moves the calling thread into the network namespace that an fd stands for. */
export function enterNamespace(foreign: ForeignFunctions, fd: number): void {
  orThrow(foreign.call('setns', fd, CLONE_NEWNET), 'enter a network namespace of the laboratory');
}

/**
 * Where the calling thread was before it went into a private world, and the way back.
 *
 * Threads that start meanwhile are born inside and stay there; those from before stay outside, among them the pool that
 * asynchronous calls on files run on.
 */
export class WayBack {
  readonly #foreign: ForeignFunctions;
  readonly #network: number = open(NAMESPACE_OF_THREAD);
  readonly #mounts: number = open(MOUNTS_OF_THREAD);
  readonly #root: number = open('/');
  readonly #directory: number = open('.');

  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
    // Makes the threads of the pool start outside, where they do not keep the private world alive after its end.
    stat('/', () => undefined);
  }

  /** Moves the thread back to its namespaces, root and working directory. */
  go(): void {
    const { call } = bound(this.#foreign);
    call('setns', this.#network, CLONE_NEWNET);
    // A thread that shares root and directory with another one, as every thread does with those that it starts, may
    // not change its mount namespace.
    call('unshare', CLONE_FS);
    call('setns', this.#mounts, CLONE_NEWNS);
    // Entering a mount namespace resets both.
    call('fchdir', this.#root);
    call('chroot', this.#foreign.text(0, '.'));
    call('fchdir', this.#directory);
  }

  close(): void {
    for (const fd of [this.#network, this.#mounts, this.#root, this.#directory]) closeSync(fd);
  }
}

/**
 * Moves the calling thread into a mount namespace of its own, with an empty bpffs at `/sys/fs/bpf`.
 *
 * @throws MprogError `ENOENT` when there is no directory to mount it on
 */
export function enterPrivateMounts(foreign: ForeignFunctions): void {
  const { call } = bound(foreign);
  call('unshare', CLONE_NEWNS);
  // What is mounted from here on must not spread to where the namespace was copied from.
  const none = foreign.text(0, 'none');
  const root = foreign.text(8, '/');
  call('mount', none, root, 0, MS_REC_PRIVATE);
  const type = foreign.text(0, 'bpf');
  const result = foreign.call('mount', type, foreign.text(8, BPFFS), type);
  if (result === -errno.ENOENT) {
    throw linuxError(`mount bpffs on ${BPFFS}`, errno.ENOENT, 'sysfs is not mounted at /sys');
  }
  orThrow(result, `mount bpffs on ${BPFFS}`);
}

function bound(foreign: ForeignFunctions): {
  readonly call: (...words: Parameters<ForeignFunctions['call']>) => number;
} {
  return {
    call: (name, ...words) =>
      orThrow(foreign.call(name, ...words), `move this thread between namespaces (${name})`),
  };
}
