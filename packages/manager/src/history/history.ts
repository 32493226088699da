import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { resolveHook } from '../host/resolve-hook.js';
import { keyOfHook } from '../journal/claims.js';
import type { JournalRecord } from '../journal/journal-record.js';
import { formatHookName, parseHookName } from '../names/hook-name.js';

/** What became of one change on one hook, or of one that is about none. */
export interface HistoryChange {
  /** Null for a change that is about no hook. */
  readonly hook: string | null;
  /** What was to be done, a sentence each, in order. */
  readonly steps: readonly string[];
  /** How many of them were done. */
  readonly stepsDone: number;
  /** `unfinished`: it was cut off, or is under way. */
  readonly outcome: 'done' | 'failed' | 'unfinished';
  /** Code of the error that ended it. */
  readonly error: string | null;
  readonly revisionBefore: string | null;
  readonly revisionAfter: string | null;
}

/** One command that changed something. */
export interface HistoryEntry {
  readonly entry: string;
  /** ISO 8601, UTC: when it began. */
  readonly time: string;
  readonly user: string;
  readonly pid: number;
  /** `apply`, `move`, `undo`, or the operation of a single change: `attach`, `detach`, … */
  readonly command: string;
  /** What it was about: the policy file, the program, the entry that was undone. */
  readonly subject: string;
  readonly changes: readonly HistoryChange[];
  readonly undoable: boolean;
  /** Why it can't be undone; null where it can. */
  readonly reason: string | null;
}

/** What mprog changed on this host since it booted: the JSON of `history`. */
export interface History {
  readonly version: 1;
  readonly kernel: string;
  readonly bootId: string;
  /** The youngest first. */
  readonly entries: readonly HistoryEntry[];
}

/** How many entries stay undoable. */
export const UNDOABLE = 10;

/** Records of the journal, by the entry of the history that they belong to, in order. */
export type JournalGroups = ReadonlyMap<string, readonly JournalRecord[]>;

/** Puts records together that belong to one command. */
export function groupRecords(records: readonly JournalRecord[]): JournalGroups {
  const groups = new Map<string, JournalRecord[]>();
  const groupOf = new Map<string, string>();
  for (const record of records) {
    const group = record.plan?.group ?? record.group ?? groupOf.get(record.entry) ?? record.entry;
    groupOf.set(record.entry, group);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [record]);
    else known.push(record);
  }
  return groups;
}

/**
 * Reads what mprog changed since this host booted.
 *
 * @param hook only what changed this hook; everything when absent
 * @throws MprogError of reading the journal, `ERR_HOOK_NAME`
 */
export function readHistory(context: Context, hook?: string): History {
  const { journal, world } = context;
  const groups = groupRecords(journal.read());
  const concerns = hook === undefined ? () => true : hookFilter(context, hook);
  const last = new Set(planGroups(groups).slice(-UNDOABLE));
  const entries = [...groups]
    .filter(([, records]) => records.some(concerns))
    .map(([entry, records]) => entryOf(entry, records, last))
    .reverse();
  return { version: 1, kernel: world.kernel, bootId: world.bootId, entries };
}

/** Entries that were made by a plan and did something, the oldest first. */
export function planGroups(groups: JournalGroups): readonly string[] {
  return [...groups]
    .filter(([, records]) => records.some(isPlan) && !hasFailed(records))
    .map(([entry]) => entry);
}

/** Whether every plan of an entry failed, so that all that it had done was undone right then. */
export function hasFailed(records: readonly JournalRecord[]): boolean {
  const plans = records.filter(isPlan);
  const failed = new Set(plans.flatMap(({ entry, outcome }) => (outcome === 'failed' ? entry : [])));
  return plans.length > 0 && plans.every(({ entry }) => failed.has(entry));
}

/** The hook may have another name by now, or be seen from another namespace. */
function hookFilter(context: Context, hook: string): (record: JournalRecord) => boolean {
  const text = formatHookName(parseHookName(hook));
  let key: string | null = null;
  try {
    const found = resolveHook(context, hook);
    key = keyOfHook(found, `${found.layer}/${found.direction}`);
  } catch (error) {
    // What was done to a device that is gone is history all the same.
    if (!MprogError.is(error)) throw error;
  }
  return (record) =>
    record.hook !== null &&
    (record.hook === text ||
      (key !== null && keyOfHook(record, record.hook.slice(0, record.hook.indexOf('@'))) === key));
}

function isPlan({ operation }: JournalRecord): boolean {
  return operation === 'plan';
}

function entryOf(entry: string, records: readonly JournalRecord[], last: ReadonlySet<string>): HistoryEntry {
  const first = records[0]!;
  const plan = records.find(({ plan }) => plan !== undefined)?.plan;
  const changes = [...new Set(records.map((record) => record.entry))].map((id) =>
    changeOf(records.filter((record) => record.entry === id)),
  );
  const reason =
    plan === undefined
      ? 'only what apply, move and undo did can be undone'
      : hasFailed(records)
        ? 'it failed, and what it had done was undone then'
        : last.has(entry)
          ? null
          : `only the last ${UNDOABLE} can be undone`;
  return {
    entry,
    time: first.time,
    user: first.user,
    pid: first.pid,
    command: plan?.command ?? first.operation,
    subject: plan?.subject ?? subjectOf(first),
    changes,
    undoable: reason === null,
    reason,
  };
}

function subjectOf({ object, program, link, pin }: JournalRecord): string {
  if (object !== null) return object;
  if (program !== null) return `id:${program}`;
  return link !== null ? `link:${link}` : (pin ?? '');
}

function changeOf(records: readonly JournalRecord[]): HistoryChange {
  const before = records.filter(({ phase }) => phase === 'before');
  const end = records.find(({ phase }) => phase === 'after');
  const { hook, plan, revisionBefore, operation } = before.at(-1) ?? records[0]!;
  return {
    hook,
    steps: plan?.steps ?? [`${operation} ${subjectOf(end ?? records[0]!)}`],
    stepsDone:
      plan === undefined
        ? end?.outcome === 'done'
          ? 1
          : 0
        : records.filter(({ phase }) => phase === 'step').length,
    outcome: end === undefined ? 'unfinished' : (end.outcome ?? 'unfinished'),
    error: end?.error ?? null,
    revisionBefore,
    revisionAfter: end?.revisionAfter ?? null,
  };
}
