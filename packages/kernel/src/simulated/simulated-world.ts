import { clip } from '@mprog/core';
import { normalCgroupPath } from '../cgroup-path.js';
import type {
  Capability,
  Cgroup,
  Device,
  DeviceBackground,
  LinkHolder,
  LinkHolders,
  NamespaceListing,
  NamespaceSelector,
  ObjectKind,
  PinTree,
  TrafficFilter,
  World,
} from '../world.js';
import { orThrow, simulatedError } from './simulated-error.js';
import { SimulatedPinTree } from './simulated-pin-tree.js';
import type { SimulatedProcess } from './simulated-process.js';

/** Where the tree of cgroups would be mounted. */
const CGROUP_MOUNT = '/sys/fs/cgroup';

/** The world of a process of a simulated kernel. */
export class SimulatedWorld implements World {
  readonly kernel: string = 'simulated 6.18';
  readonly bootId: string;
  readonly user: string;
  readonly pins: PinTree;
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess, user: string) {
    this.#process = process;
    this.user = user;
    this.bootId = process.transact((kernel) => kernel.bootId);
    this.pins = new SimulatedPinTree(process);
  }

  capabilities(): ReadonlySet<Capability> {
    return this.#process.capabilities;
  }

  currentNamespace(): string {
    return this.#process.namespace;
  }

  namespaces(): NamespaceListing {
    const namespaces = this.#process.transact((kernel) =>
      [...kernel.network.namespaces.values()].map(({ inode, name }) => ({ inode, name, pid: null })),
    );
    return { namespaces, errors: [] };
  }

  within<Result>(namespace: NamespaceSelector, action: () => Result): Result {
    const words = Object.entries(namespace ?? {})
      .map(([key, value]) => `${key}:${value}`)
      .join(' ');
    const operation = `enter network namespace ${clip(words)}`;
    const inode = this.#process.transact((kernel) => kernel.network.find(namespace)?.inode);
    if (inode === undefined) {
      const reason =
        'pid' in namespace
          ? 'a simulated namespace holds no processes; name it'
          : 'there is no such network namespace';
      throw simulatedError(operation, 'ENOENT', reason);
    }
    if (inode !== this.#process.namespace && !this.#process.capabilities.has('CAP_SYS_ADMIN')) {
      throw simulatedError(operation, 'EPERM', 'it needs CAP_SYS_ADMIN');
    }
    const result = this.#process.withNamespace(inode, action);
    if (isPromise(result)) throw simulatedError(operation, 'EINVAL', 'the action must be synchronous');
    return result;
  }

  devices(): readonly Device[] {
    return this.#process.transact((kernel) =>
      [...(kernel.network.get(this.#process.namespace)?.devices.values() ?? [])]
        .map(({ ifindex, name }) => ({ ifindex, name }))
        .sort((a, b) => a.ifindex - b.ifindex),
    );
  }

  background(ifindex: number): DeviceBackground {
    return this.#process.transact((kernel) => {
      const device = kernel.device(ifindex, this.#process.namespace);
      const { qdisc, netkit } = device;
      const sides =
        qdisc === null ? [] : qdisc === 'clsact' ? (['ingress', 'egress'] as const) : (['ingress'] as const);
      const filters = sides
        .filter((direction) => kernel.runtime.hasClassicFilter(device, direction))
        .map(
          (direction): TrafficFilter => ({
            direction,
            kind: 'model',
            priority: 1,
            name: null,
            programId: null,
          }),
        );
      return {
        qdisc,
        filters,
        netkit:
          netkit === null
            ? null
            : {
                role: netkit.role,
                policy: netkit.policy,
                otherPolicy: netkit.other.netkit?.policy ?? null,
                other: netkit.other.ifindex,
              },
      };
    });
  }

  cgroupMount(): string | null {
    return CGROUP_MOUNT;
  }

  cgroups(): readonly Cgroup[] {
    return this.#process.transact((kernel) => kernel.cgroups.list().map(({ path, id }) => ({ path, id })));
  }

  findCgroup(path: string): Cgroup {
    const operation = `find cgroup ${clip(path)}`;
    const inside = normalCgroupPath(path, CGROUP_MOUNT, operation);
    return this.#process.transact((kernel) => {
      const cgroup = kernel.cgroups.get(inside);
      if (cgroup === undefined) throw simulatedError(operation, 'ENOENT', 'there is no such cgroup');
      return { path: cgroup.path, id: cgroup.id };
    });
  }

  openCgroup(path: string): number {
    const operation = `open cgroup ${clip(path)}`;
    const inside = normalCgroupPath(path, CGROUP_MOUNT, operation);
    return this.#process.transact((kernel, { fds }) => {
      const cgroup = kernel.cgroups.get(inside);
      if (cgroup === undefined) throw simulatedError(operation, 'ENOENT', 'there is no such cgroup');
      return orThrow(kernel.openFd({ fds }, { kind: 'directory', cgroup, references: 0 }), operation);
    });
  }

  objectKind(fd: number): ObjectKind | null {
    return this.#process.transact((_, { fds }) => {
      const kind = fds.get(fd)?.kind;
      return kind === 'program' || kind === 'map' || kind === 'link' || kind === 'btf' ? kind : null;
    });
  }

  linkHolders(): LinkHolders {
    return this.#process.transact((kernel) => {
      const byLink = new Map<number, LinkHolder[]>();
      for (const { key, owner, fds } of kernel.processes.values()) {
        const links = [...fds.entries()].flatMap(([, object]) => (object.kind === 'link' ? object.id : []));
        for (const id of new Set(links)) {
          byLink.set(id, [...(byLink.get(id) ?? []), { pid: owner?.pid ?? 0, name: key }]);
        }
      }
      return { byLink, complete: true };
    });
  }

  close(fd: number): number {
    return this.#process.transact((kernel, { fds }) => kernel.closeFd(fds, fd));
  }

  async closeLater(fd: number): Promise<number> {
    return this.close(fd);
  }

  now(): number {
    return this.#process.now();
  }
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}
