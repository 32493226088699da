import { readFileSync } from 'node:fs';
import { release, userInfo } from 'node:os';
import type {
  Capability,
  Cgroup,
  Device,
  DeviceBackground,
  LinkHolders,
  NamespaceListing,
  NamespaceSelector,
  ObjectKind,
  PinTree,
  World,
} from '../world.js';
import { LinuxPinTree } from './bpffs.js';
import { capabilityWords, isEffective } from './capabilities.js';
import { cgroupMountOrNull, findCgroup, listCgroups, openCgroup } from './cgroups.js';
import type { DescriptorOwners } from './descriptor-owners.js';
import { readBackground } from './device-background.js';
import { Devices } from './devices.js';
import type { ForeignFunctions } from './ffi.js';
import type { LaterThread } from './later-thread.js';
import { linkHolders } from './link-holders.js';
import { withFileErrors } from './linux-error.js';
import { currentNamespace, type Namespaces } from './namespaces.js';

const capabilities: readonly Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYS_ADMIN'];

/** First words of an fdinfo that only one kind of object has. */
const kindOfField: Readonly<Record<string, ObjectKind>> = {
  link_type: 'link',
  prog_type: 'program',
  map_type: 'map',
  btf_id: 'btf',
};

/** What surrounds bpf(2) on a running Linux, as the calling thread sees it. */
export class LinuxWorld implements World {
  readonly kernel: string = `linux ${release()}`;
  readonly bootId: string = withFileErrors('read the id of this boot', () =>
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  );
  readonly pins: PinTree;
  readonly #foreign: ForeignFunctions;
  readonly #later: LaterThread;
  readonly #namespaces: Namespaces;
  readonly #devices: Devices;
  readonly #owners: DescriptorOwners;
  #user: string | undefined;

  constructor(
    foreign: ForeignFunctions,
    later: LaterThread,
    namespaces: Namespaces,
    owners: DescriptorOwners,
  ) {
    this.#foreign = foreign;
    this.#later = later;
    this.#namespaces = namespaces;
    this.#owners = owners;
    this.#devices = new Devices(foreign);
    this.pins = new LinuxPinTree(foreign);
  }

  /** Looked up when it is first asked for: that reads the user database. */
  get user(): string {
    this.#user ??= userName();
    return this.#user;
  }

  capabilities(): ReadonlySet<Capability> {
    const words = capabilityWords(this.#foreign);
    return new Set(capabilities.filter((name) => isEffective(words, name)));
  }

  currentNamespace(): string {
    return currentNamespace();
  }

  namespaces(): NamespaceListing {
    return this.#namespaces.list();
  }

  within<Result>(namespace: NamespaceSelector, action: () => Result): Result {
    return this.#namespaces.within(namespace, action);
  }

  devices(): readonly Device[] {
    return this.#devices.list().map(({ ifindex, name }) => ({ ifindex, name }));
  }

  background(ifindex: number): DeviceBackground {
    return readBackground(this.#foreign, ifindex);
  }

  cgroupMount(): string | null {
    return cgroupMountOrNull();
  }

  cgroups(): readonly Cgroup[] {
    return listCgroups();
  }

  findCgroup(path: string): Cgroup {
    return findCgroup(path);
  }

  openCgroup(path: string): number {
    return openCgroup(this.#foreign, path);
  }

  objectKind(fd: number): ObjectKind | null {
    if (!Number.isInteger(fd) || fd < 0) return null;
    let text: string;
    try {
      text = readFileSync(`/proc/thread-self/fdinfo/${fd}`, 'utf8');
    } catch {
      return null;
    }
    for (const line of text.split('\n')) {
      const kind = kindOfField[line.slice(0, line.indexOf(':'))];
      if (kind !== undefined) return kind;
    }
    return null;
  }

  linkHolders(): LinkHolders {
    return linkHolders();
  }

  close(fd: number): number {
    this.#owners.forget(fd);
    return this.#foreign.close(fd);
  }

  closeLater(fd: number): Promise<number> {
    this.#owners.forget(fd);
    return this.#later.closeDescriptor(fd);
  }

  now(): number {
    return Date.now();
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the user database, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
