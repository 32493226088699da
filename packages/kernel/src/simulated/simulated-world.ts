import type {
  Capability,
  Cgroup,
  Device,
  NamespaceListing,
  NamespaceSelector,
  ObjectKind,
  PinTree,
  World,
} from '../world.js';
import { orThrow, simulatedError } from './simulated-error.js';
import { SimulatedPinTree } from './simulated-pin-tree.js';
import type { SimulatedProcess } from './simulated-process.js';

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
    const operation = `enter network namespace ${words}`;
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

  cgroups(): readonly Cgroup[] {
    return this.#process.transact((kernel) => kernel.cgroups.list().map(({ path, id }) => ({ path, id })));
  }

  openCgroup(path: string): number {
    const operation = `open cgroup ${path}`;
    return this.#process.transact((kernel, { fds }) => {
      if (!path.startsWith('/'))
        throw simulatedError(operation, 'EINVAL', 'not an absolute path inside the cgroup2 tree');
      const cgroup = kernel.cgroups.get(path);
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
