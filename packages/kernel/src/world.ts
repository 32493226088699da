/** Capabilities that bpf(2) asks for (spec 7.10). */
export type Capability = 'CAP_BPF' | 'CAP_NET_ADMIN' | 'CAP_PERFMON' | 'CAP_SYS_ADMIN';

/** What a BPF fd stands for. */
export type ObjectKind = 'program' | 'map' | 'link' | 'btf';

/** A network device as the namespace that it is in shows it. */
export interface Device {
  /** 1 to 2^31 - 1. */
  readonly ifindex: number;
  readonly name: string;
}

/** A network namespace. */
export interface NetworkNamespace {
  /** Inode of the namespace in decimal, the same word that `/proc/PID/ns/net` shows. */
  readonly inode: string;
  /** Name under `/run/netns`, or null for one without a name. */
  readonly name: string | null;
  /** A process that is in it, or null where none was found. */
  readonly pid: number | null;
}

/** The namespaces that the caller can see, and what it could not look at. */
export interface NamespaceListing {
  readonly namespaces: readonly NetworkNamespace[];
  readonly errors: readonly string[];
}

/** How a namespace is named: by its name under `/run/netns`, by a process in it or by its inode. */
export type NamespaceSelector =
  | { readonly name: string }
  | { readonly pid: number }
  | { readonly inode: string };

/** A control group of version 2. */
export interface Cgroup {
  /** Path inside the cgroup2 tree, `/` for its root. */
  readonly path: string;
  /** Id (the inode of its directory) in decimal. */
  readonly id: string;
}

/** The BPF file systems of a kernel's world. Every path is absolute. */
export interface PinTree {
  /** Mount points of bpffs that the caller sees; empty when none is mounted. */
  mounts(): readonly string[];
  /**
   * Mounts bpffs on a directory, in the caller's mount namespace.
   *
   * @throws MprogError with the errno as code
   */
  mount(directory: string): void;
  /**
   * Every pinned object below a directory, in lexical order; directories themselves are left out.
   *
   * @throws MprogError `ENOENT`, `EACCES`, …
   */
  list(directory: string): readonly string[];
  /** Makes a directory and what is missing above it; one that exists is fine. */
  makeDirectory(directory: string): void;
  /** Removes a pin, and with it the reference that it held. */
  remove(path: string): void;
  /** Removes a directory that is empty. */
  removeDirectory(path: string): void;
  /** Gives a pin another path on the same bpffs, in one step; what was there is replaced. */
  rename(from: string, to: string): void;
}

/**
 * What is not bpf(2) but belongs to a kernel's world: devices, namespaces, cgroups, capabilities, closing an fd, a clock.
 *
 * Methods throw an `MprogError` whose code is the errno name, unless they say otherwise.
 */
export interface World {
  /** Name and release of the kernel, `linux 6.18.44` or `simulated 6.18`. */
  readonly kernel: string;
  /** Changes with every boot; names, ids and pins of another boot mean nothing. */
  readonly bootId: string;
  /** Name of the calling user. */
  readonly user: string;
  readonly pins: PinTree;

  /** Capabilities in the caller's effective set. */
  capabilities(): ReadonlySet<Capability>;
  /** Inode of the network namespace that the caller is in. */
  currentNamespace(): string;
  namespaces(): NamespaceListing;
  /**
   * Runs `action` inside another network namespace and comes back, also when it throws.
   *
   * Only the calling thread moves, so `action` must be synchronous; a returned promise is refused with `EINVAL`.
   *
   * @throws MprogError `ENOENT` when there is no such namespace, `EPERM` when it may not be entered
   */
  within<Result>(namespace: NamespaceSelector, action: () => Result): Result;
  /** Devices of the namespace that the caller is in, by ifindex. */
  devices(): readonly Device[];
  /** Cgroups of the version 2 tree, parents before children. */
  cgroups(): readonly Cgroup[];
  /**
   * Opens the directory of a cgroup.
   *
   * @param path path inside the cgroup2 tree (`/app`)
   * @returns an fd; the caller closes it
   */
  openCgroup(path: string): number;
  /**
   * What an fd stands for, which bpf(2) itself does not tell (on Linux its `/proc/self/fdinfo` does); null for an fd
   * that is not open or no BPF object.
   */
  objectKind(fd: number): ObjectKind | null;
  /** Closes an fd; returns 0 or the negated error number. */
  close(fd: number): number;
  /** Closes an fd off the event loop: the last close of an attached link waits for RCU. */
  closeLater(fd: number): Promise<number>;
  /** Milliseconds since 1970. */
  now(): number;
}
