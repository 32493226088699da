/**
 * Which fds that an object file brought are still open.
 *
 * An fd is a number that the kernel gives out again after a close; an owner may therefore close only what nobody has
 * closed before, and every close of a host goes through here.
 */
export class DescriptorOwners {
  readonly #owners = new Map<number, object>();

  /** Notes that an fd belongs to an owner. */
  add(fd: number, owner: object): void {
    this.#owners.set(fd, owner);
  }

  /** Notes that an fd is closed. */
  forget(fd: number): void {
    this.#owners.delete(fd);
  }

  /** The fds of an owner that are still open. */
  of(owner: object): readonly number[] {
    return [...this.#owners].filter(([, found]) => found === owner).map(([fd]) => fd);
  }
}
