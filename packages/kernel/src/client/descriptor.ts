import type { World } from '../world.js';

/**
 * An fd of a BPF object that this process owns.
 *
 * It is one reference to the object: closing the last one of an unpinned link detaches it, closing the last one of
 * a program that nothing else holds unloads it (spec 2).
 *
 * @example
 * using program = kernel.programs.open(97);
 * kernel.attachments.attach(tcx('ingress', 4), program.fd);
 */
export class Descriptor implements Disposable {
  /** Number of the fd; meaningless once closed. */
  readonly fd: number;
  readonly #world: World;
  #open = true;

  constructor(fd: number, world: World) {
    this.fd = fd;
    this.#world = world;
  }

  get closed(): boolean {
    return !this.#open;
  }

  /** Closes the fd; again is fine. The last close of an attached tcx link waits some 8 ms. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#world.close(this.fd);
  }

  /** Closes the fd off the event loop. */
  async closeLater(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#world.closeLater(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
