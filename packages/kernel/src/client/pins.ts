import { clip } from '@mprog/core';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import type { ObjectKind } from '../world.js';
import { Descriptor } from './descriptor.js';
import { check, KernelError } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';

/** The longest path that the kernel takes, with its closing zero. */
const PATH_BYTES = 4096;

/** An object that was opened through its pin. */
export interface PinnedObject extends Disposable {
  readonly kind: ObjectKind;
  readonly fd: number;
  close(): void;
}

/** Pins: names under bpffs that hold a reference (spec 15.2). */
export class Pins {
  readonly #calls: ObjectCalls;

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  /**
   * Pins an object.
   *
   * @param path absolute, below a bpffs; names may not hold a dot
   * @throws KernelError `EEXIST` when the path is taken, `ENOENT` without its directory, `EPERM` outside of bpffs
   */
  pin(fd: number, path: string): void {
    const { memory } = this.#calls;
    this.#writePath(path);
    memory.setField(attr.object.fd, fd);
    check(
      this.#calls.call(command.OBJ_PIN, attr.object.end),
      () => `pin ${clip(path)}`,
      (name) => pinReasons[name],
    );
  }

  /**
   * Opens what is pinned at a path.
   *
   * @throws KernelError `ENOENT`, `EACCES` for what is no pin
   */
  open(path: string): PinnedObject {
    const { world } = this.#calls;
    this.#writePath(path);
    const fd = check(
      this.#calls.call(command.OBJ_GET, attr.object.end),
      () => `open pin ${clip(path)}`,
      (name) => openReasons[name],
    );
    const descriptor = new Descriptor(fd, world);
    const kind = world.objectKind(fd);
    if (kind === null) {
      descriptor.close();
      throw new KernelError(`open pin ${clip(path)}`, errno.EINVAL, {
        reason: 'it is no program, map, link or type information',
      });
    }
    return {
      kind,
      fd,
      close: () => descriptor.close(),
      [Symbol.dispose]: () => descriptor.close(),
    };
  }

  #writePath(path: string): void {
    const { memory } = this.#calls;
    if (path.includes('\0') || new TextEncoder().encode(path).length >= PATH_BYTES) {
      throw new KernelError(`use pin ${JSON.stringify(clip(path))}`, errno.ENAMETOOLONG, {
        reason: `a path has ${PATH_BYTES - 1} bytes at the most and none of them is zero`,
      });
    }
    memory.clearAttr();
    memory.writeText(memory.scratch, path);
    memory.setFieldPointer(attr.object.path, memory.scratch);
  }
}

const pinReasons: Readonly<Record<string, string>> = {
  EEXIST: 'something is pinned there already; take another path or remove that pin',
  ENOENT: 'its directory does not exist',
  EPERM: 'it is not below a bpffs, or a name in it holds a dot; mount one with mount -t bpf bpffs DIRECTORY',
  EINVAL: 'the file descriptor is no BPF object',
};

const openReasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing is pinned there',
  EACCES: 'it is no pin, or may not be read',
};
