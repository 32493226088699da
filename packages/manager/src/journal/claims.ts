import type { JournalRecord } from './journal-record.js';

/** A hook as the journal tells hooks apart. */
export interface HookKey {
  /** Null for cgroups. */
  readonly netnsInode: string | null;
  /** Null for cgroups. */
  readonly ifindex: number | null;
  /** In decimal; null for devices. */
  readonly cgroupId: string | null;
  readonly layer: string;
  readonly direction: string;
}

/** A link, or with null a program, that is pinned. */
export interface PinnedObject {
  readonly program: number;
  readonly link: number | null;
}

/** What the journal of this boot says is ours. */
export interface Claims {
  /** Whether mprog loaded a program. */
  loaded(program: number): boolean;
  /** Whether mprog made the pin of this very object at a path and did not remove it again. */
  pinned(path: string, object: PinnedObject): boolean;
  /** Whether mprog made a link. */
  made(link: number): boolean;
  /** Whether mprog put a program on a hook without a link and did not take it off again. */
  attached(hook: HookKey, program: number): boolean;
}

/**
 * Derives what is ours from the records of one boot.
 *
 * A program that mprog loaded is ours wherever it is. One that was there before is ours only on the hook that mprog put
 * it on: that mprog names somebody else's program does not make that one's own attachments ours. A change without its
 * second record, cut off or under way, may have been made: it adds what it was to add and takes nothing away. A pin is
 * claimed with what it holds, since somebody may remove it and pin something else at its path.
 */
export function claimsOf(records: readonly JournalRecord[]): Claims {
  const programs = new Set<number>();
  const links = new Set<number>();
  const direct = new Set<string>();
  const pins = new Map<string, JournalRecord>();
  const ended = new Set(records.filter(({ phase }) => phase === 'after').map(({ entry }) => entry));
  for (const record of records) {
    const done = record.phase === 'after' && record.outcome === 'done';
    const open = record.phase === 'before' && !ended.has(record.entry);
    if (!done && !open) continue;
    const { operation, program, replaced, link, pin } = record;
    if (pin !== null && operation !== 'unpin') pins.set(pin, record);
    else if (pin !== null && done) pins.delete(pin);
    if (record.object !== null && program !== null) programs.add(program);
    // What a newer version takes the name of was on a pin of ours, whoever loaded it.
    if (operation === 'load-program' && replaced !== null) programs.add(replaced);
    if (operation === 'attach' && link !== null) links.add(link);
    const hook = hookOf(record);
    if (hook === null) continue;
    if (record.plan !== undefined) {
      for (const id of record.plan.attaches) direct.add(`${hook} ${id}`);
      if (done) for (const id of record.plan.detaches) direct.delete(`${hook} ${id}`);
      continue;
    }
    if (done && operation === 'detach') direct.delete(`${hook} ${program}`);
    if (done && replaced !== null) direct.delete(`${hook} ${replaced}`);
    if ((operation === 'attach' || operation === 'replace') && link === null && program !== null) {
      direct.add(`${hook} ${program}`);
    }
  }
  return {
    pinned: (path, object) => {
      const record = pins.get(path);
      return record !== undefined && holds(record, object);
    },
    loaded: (program) => programs.has(program),
    made: (link) => links.has(link),
    attached: (hook, program) =>
      direct.size > 0 && direct.has(`${keyOfHook(hook, `${hook.layer}/${hook.direction}`)} ${program}`),
  };
}

/** Before a link is made its id is unknown; its program tells then. */
function holds({ phase, program, link }: JournalRecord, object: PinnedObject): boolean {
  if (link !== null) return object.link === link;
  return object.program === program && (object.link === null || phase === 'before');
}

function hookOf(record: JournalRecord): string | null {
  const { hook } = record;
  return hook === null ? null : keyOfHook(record, hook.slice(0, hook.indexOf('@')));
}

/**
 * What tells hooks apart in the journal, or null for no hook. Records of before cgroups were managed have no `cgroupId`.
 *
 * @param head layer and direction, `tcx/ingress`
 */
export function keyOfHook(
  { netnsInode, ifindex, cgroupId }: Pick<JournalRecord, 'netnsInode' | 'ifindex' | 'cgroupId'>,
  head: string,
): string | null {
  if (cgroupId != null) return `cgroup ${cgroupId} ${head}`;
  return netnsInode === null || ifindex === null ? null : `${netnsInode} ${ifindex} ${head}`;
}
