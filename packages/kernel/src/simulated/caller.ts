import type { Capability } from '../world.js';
import type { FdTable } from './objects/fd-table.js';
import type { Namespace } from './objects/namespace.js';
import type { UserMemory } from './user-memory.js';

/** Who calls: what a system call knows of the process that made it. */
export interface Caller {
  readonly memory: UserMemory;
  readonly fds: FdTable;
  readonly capabilities: ReadonlySet<Capability>;
  /** The network namespace that interface numbers mean. */
  readonly namespace: Namespace;
  readonly uid: number;
}
