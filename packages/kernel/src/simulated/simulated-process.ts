import { Arena } from '../arena.js';
import type { Host } from '../host.js';
import type { ObjectLoader } from '../object-loader.js';
import type { SystemCall } from '../system-call.js';
import type { Capability, World } from '../world.js';
import type { Caller } from './caller.js';
import { SimulatedObjectLoader } from './elf/simulated-object-loader.js';
import { HostShape } from './host-shape.js';
import { INITIAL_NAMESPACE } from './network.js';
import type { Namespace } from './objects/namespace.js';
import type { Process } from './objects/process.js';
import { simulatedError } from './simulated-error.js';
import type { ProcessOptions, SimulatedKernel } from './simulated-kernel.js';
import { SimulatedWorld } from './simulated-world.js';
import { UserMemory } from './user-memory.js';

const ARENA_BASE = 0x7000_0000_0000;
const ARENA_SIZE = 4 * 1024 * 1024;
const ALL_CAPABILITIES: readonly Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYS_ADMIN'];

/** How a process gets at its kernel: whatever an action does is one step, seen by others as a whole or not at all. */
export interface KernelAccess {
  transact<Result>(action: (kernel: SimulatedKernel, process: Process) => Result): Result;
  /** Ends the process as exit does. */
  exit(): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** One caller on a simulated kernel; closing it ends the process, which closes its fds. */
export class SimulatedProcess implements Host {
  readonly systemCall: SystemCall;
  readonly world: World;
  readonly objects: ObjectLoader;
  /** Shapes the host itself: devices, namespaces, cgroups, qdiscs, what programs do. */
  readonly shape: HostShape;
  readonly #access: KernelAccess;
  #capabilities: ReadonlySet<Capability>;
  #namespace: string = INITIAL_NAMESPACE;
  readonly #uid: number;
  #closed = false;

  constructor(access: KernelAccess, options: ProcessOptions) {
    const user = options.user ?? 'root';
    this.#access = access;
    this.#capabilities = new Set(options.capabilities ?? ALL_CAPABILITIES);
    this.#uid = user === 'root' ? 0 : 1000;
    const arena = new Arena(new ArrayBuffer(options.arenaSize ?? ARENA_SIZE), ARENA_BASE);
    const bpf = (command: number, attr: number, size: number): number =>
      this.call(arena, command, attr, size);
    this.systemCall = { arena, bpf, bpfLater: async (command, attr, size) => bpf(command, attr, size) };
    this.world = new SimulatedWorld(this, user);
    this.objects = new SimulatedObjectLoader(this);
    this.shape = new HostShape((action) => this.transact(action));
  }

  /** Runs one system call with memory of the caller's choice. */
  call(arena: Arena, command: number, attr: number, size: number): number {
    return this.#call(new UserMemory(arena), command, attr, size);
  }

  /** Runs an action on the kernel as one step. */
  transact<Result>(action: (kernel: SimulatedKernel, process: Process) => Result): Result {
    if (this.#closed) throw simulatedError('use host', 'EBADF', 'it is closed');
    return this.#access.transact(action);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#access.now();
  }

  get capabilities(): ReadonlySet<Capability> {
    return this.#capabilities;
  }

  /** Inode of the network namespace that it is in. */
  get namespace(): string {
    return this.#namespace;
  }

  /** Runs an action inside another network namespace and comes back, also when it throws. */
  withNamespace<Result>(inode: string, action: () => Result): Result {
    const before = this.#namespace;
    this.#namespace = inode;
    try {
      return action();
    } finally {
      this.#namespace = before;
    }
  }

  /** Runs an action with other capabilities, and gives back those that were there, also when it throws. */
  withCapabilities<Result>(capabilities: readonly Capability[], action: () => Result): Result {
    const before = this.#capabilities;
    this.#capabilities = new Set(capabilities);
    try {
      return action();
    } finally {
      this.#capabilities = before;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#access.exit();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #call(memory: UserMemory, command: number, attr: number, size: number): number {
    return this.transact((kernel, { fds }) => {
      const caller: Caller = {
        memory,
        fds,
        capabilities: this.#capabilities,
        namespace: kernel.network.get(this.#namespace) ?? goneNamespace(this.#namespace),
        uid: this.#uid,
      };
      return kernel.call(caller, command, attr, size);
    });
  }
}

/** What a caller sees that stayed in a namespace after its end. */
function goneNamespace(inode: string): Namespace {
  return { inode, name: null, devices: new Map(), nextIfindex: 1 };
}
