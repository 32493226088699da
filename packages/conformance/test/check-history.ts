/** A change of a list of programs. */
export type Change =
  | {
      readonly kind: 'insert';
      readonly program: number;
      readonly side: 'before' | 'after';
      readonly beside: number | null;
    }
  | { readonly kind: 'replace'; readonly program: number; readonly old: number }
  | { readonly kind: 'remove'; readonly program: number };

/** One attempt of a process: what it had read, what it tried, and what came of it. */
export interface Attempt {
  readonly revision: number;
  readonly list: readonly number[];
  readonly change: Change;
  readonly result: number;
  /** When the call began and returned, in nanoseconds of the clock that all processes share. */
  readonly start: string;
  readonly end: string;
}

interface State {
  readonly revision: number;
  readonly list: readonly number[];
}

/** The logs of processes that changed one hook, and the hook before and after. */
export interface History {
  readonly logs: readonly (readonly Attempt[])[];
  readonly first: State;
  readonly last: State;
}

/**
 * Checks that a history is linearizable: that there is one order of all changes, no change before one that had returned
 * when it began, in which each finds what it read and leaves what the next one finds.
 *
 * Every change that was made moves the revision by one from the one that it read, so the revisions are that order, and
 * nothing has to be searched for.
 */
export function checkHistory({ logs, first, last }: History): {
  readonly changes: number;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const made = logs
    .flat()
    .filter(({ result }) => result === 0)
    .sort((a, b) => a.revision - b.revision);
  const states = new Map<number, readonly number[]>([[first.revision, first.list]]);
  let list = first.list;
  for (const [i, { revision, change }] of made.entries()) {
    const expected = first.revision + i;
    if (revision !== expected) {
      problems.push(`change ${i} was made at revision ${revision}, not ${expected}: an update is lost`);
      return { changes: made.length, problems };
    }
    list = applied(change, list);
    states.set(revision + 1, list);
  }
  if (last.revision !== first.revision + made.length || String(last.list) !== String(list)) {
    problems.push(`the hook has revision ${last.revision} [${last.list}], the changes lead to [${list}]`);
  }
  for (const { revision, list: read } of logs.flat()) {
    const state = states.get(revision);
    if (String(state) !== String(read))
      problems.push(`revision ${revision} was read as [${read}], was [${state}]`);
  }
  // A change that had returned before another began comes first.
  let latest = 0n;
  for (const { revision, start, end } of made.toReversed()) {
    const later = latest;
    if (later !== 0n && BigInt(start) > later)
      problems.push(`the change at revision ${revision} began after a later one had returned`);
    if (latest === 0n || BigInt(end) < latest) latest = BigInt(end);
  }
  return { changes: made.length, problems };
}

/** What a change makes of a list. */
export function applied(change: Change, list: readonly number[]): readonly number[] {
  if (change.kind === 'remove') return list.filter((id) => id !== change.program);
  if (change.kind === 'replace') return list.map((id) => (id === change.old ? change.program : id));
  const { program, side, beside } = change;
  const at =
    beside === null
      ? side === 'before'
        ? 0
        : list.length
      : list.indexOf(beside) + (side === 'after' ? 1 : 0);
  return list.toSpliced(at, 0, program);
}
