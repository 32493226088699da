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

/** A filter of classic tc behind a tcx hook (spec 8.6). */
export interface TrafficFilter {
  readonly direction: 'ingress' | 'egress';
  /** Its classifier, `bpf`, `u32`, `flower`, …. */
  readonly kind: string;
  /** Lower ones come first. */
  readonly priority: number;
  /** What it calls itself; null where it has no name. */
  readonly name: string | null;
  /** Program that it runs; null for other classifiers. */
  readonly programId: number | null;
}

/** What makes a device one end of a netkit pair (spec 9.1). */
export interface NetkitDevice {
  readonly role: 'primary' | 'peer';
  /** What it does with packets that are sent through it while it has no programs (spec 9.5). */
  readonly policy: 'pass' | 'drop';
  /** The same of the other end; null where it is not told. */
  readonly otherPolicy: 'pass' | 'drop' | null;
  /** Ifindex of the other end, in that one's namespace; 0 where it is not told. */
  readonly other: number;
}

/** What lies behind the hooks of a device. */
export interface DeviceBackground {
  /** The qdisc that carries classic filters; null for none. */
  readonly qdisc: 'clsact' | 'ingress' | null;
  /** By direction and priority. */
  readonly filters: readonly TrafficFilter[];
  /** Null for a device of another kind. */
  readonly netkit: NetkitDevice | null;
}

/** A process that holds an fd of a link. */
export interface LinkHolder {
  /** 0 for a process that has none. */
  readonly pid: number;
  readonly name: string;
}

/** Who holds links by fds. */
export interface LinkHolders {
  /** By id of the link; one that is absent is held by nobody who was looked at. */
  readonly byLink: ReadonlyMap<number, readonly LinkHolder[]>;
  /** Whether every process was looked at. */
  readonly complete: boolean;
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
  /**
   * What is at a path of bpffs; null for nothing.
   *
   * @throws MprogError `ENOTDIR` below a pin, `EPERM` for a missing name with a dot, `EACCES`, …
   */
  kindOf(path: string): 'directory' | 'pin' | null;
  /** Makes a directory and what is missing above it; one that exists is fine. */
  makeDirectory(directory: string): void;
  /** Removes a pin, and with it the reference that it held. */
  remove(path: string): void;
  /** Removes a directory that is empty. */
  removeDirectory(path: string): void;
  /** Gives a pin another path on the same bpffs, in one step; what was there is replaced. */
  rename(from: string, to: string): void;
  /**
   * Lets two pins of the same bpffs change places, in one step: at no moment is either path missing (spec 15.2 f).
   *
   * @throws MprogError `ENOENT` when one of the two is missing, `EXDEV` when they are on different file systems
   */
  exchange(one: string, other: string): void;
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
  /**
   * What lies behind the hooks of a device of the namespace that the caller is in.
   *
   * @throws MprogError `ENODEV`
   */
  background(ifindex: number): DeviceBackground;
  /** Where the version 2 tree of cgroups is mounted; null where it is not. */
  cgroupMount(): string | null;
  /** Cgroups of the version 2 tree, parents before children. */
  cgroups(): readonly Cgroup[];
  /**
   * The cgroup that a path means.
   *
   * @param path path inside the cgroup2 tree (`/app`), or one below its mount point
   * @throws MprogError `EINVAL` for a path that is relative, holds `..` or lies in a tree of version 1, `ENOENT`, `ENOTDIR`
   * for a file of a cgroup
   */
  findCgroup(path: string): Cgroup;
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
  /** Which processes hold links by fds. */
  linkHolders(): LinkHolders;
  /** Closes an fd; returns 0 or the negated error number. */
  close(fd: number): number;
  /** Closes an fd off the event loop: the last close of an attached link waits for RCU. */
  closeLater(fd: number): Promise<number>;
  /** Milliseconds since 1970. */
  now(): number;
}
