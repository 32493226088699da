import type { Arena } from '../arena.js';
import type { Capability } from '../world.js';
import type { FdTable } from './objects/fd-table.js';
import type { Namespace } from './objects/namespace.js';

/** Who calls: what a system call knows of the process that made it. */
export interface Caller {
  readonly arena: Arena;
  readonly fds: FdTable;
  readonly capabilities: ReadonlySet<Capability>;
  /** The network namespace that interface numbers mean. */
  readonly namespace: Namespace;
  readonly uid: number;
}
