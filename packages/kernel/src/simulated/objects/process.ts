import type { FdTable } from './fd-table.js';

/** Who a process of a saved kernel is on its machine; a number alone would be given to another one in time. */
export interface ProcessOwner {
  readonly pid: number;
  /** Start of the process in the clock ticks of its boot. */
  readonly startTime: string;
  readonly bootId: string;
  /** Space that the pid is a number of; processes of another one cannot be seen. Empty where there are no such spaces. */
  readonly pidNamespace: string;
}

/** A process that has fds of this kernel. */
export interface Process {
  readonly key: string;
  /** Null for one that lives inside of this program. */
  readonly owner: ProcessOwner | null;
  readonly fds: FdTable;
}
