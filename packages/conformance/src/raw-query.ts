import { type Arena, attr, command, type SystemCall } from '@mprog/kernel';

/** Entries that the arrays have room for; more than any chain or effective list has. */
const ENTRIES = 1024;
const ARRAY_BYTES = ENTRIES * 4;
/** What arrays hold before the call; no id and no flags of a program. */
const UNTOUCHED = 0xffff_ffff;
const layout = attr.progQuery;

/** What PROG_QUERY is asked, with every input open. */
export interface RawQuery {
  readonly target: number;
  readonly attachType: number;
  /** Capacity that is passed for each array. */
  readonly count: number;
  readonly queryFlags: number;
  readonly attachFlags: number;
  /** Whether `prog_ids` points to an array or is NULL. */
  readonly programIds: boolean;
  /** Whether `prog_attach_flags` points to an array or is NULL. */
  readonly programFlags: boolean;
}

/** What PROG_QUERY answered; arrays hold the entries that were written and are null where none was passed. */
export interface RawQueryResult {
  /** 0 or the negated error number. */
  readonly result: number;
  readonly count: number;
  readonly revision: number;
  readonly attachFlags: number;
  readonly programIds: readonly number[] | null;
  readonly programFlags: readonly number[] | null;
  readonly linkIds: readonly number[];
}

const regions: WeakMap<Arena, number> = new WeakMap();

/** Sends one PROG_QUERY whose inputs the client would not send; an array for link ids is always passed. */
export function rawQuery(systemCall: SystemCall, query: RawQuery): RawQueryResult {
  const { arena } = systemCall;
  const { view } = arena;
  let at = regions.get(arena);
  if (at === undefined) {
    at = arena.reserve(layout.end + 3 * ARRAY_BYTES);
    regions.set(arena, at);
  }
  const programs = at + layout.end;
  const flags = programs + ARRAY_BYTES;
  const links = flags + ARRAY_BYTES;
  arena.bytes.fill(0, at, programs).fill(0xff, programs, links + ARRAY_BYTES);
  view.setUint32(at + layout.target, query.target, true);
  view.setUint32(at + layout.attachType, query.attachType, true);
  view.setUint32(at + layout.queryFlags, query.queryFlags, true);
  view.setUint32(at + layout.attachFlags, query.attachFlags, true);
  view.setUint32(at + layout.count, query.count, true);
  if (query.programIds) arena.setPointer(at + layout.programIds, programs);
  if (query.programFlags) arena.setPointer(at + layout.programFlags, flags);
  arena.setPointer(at + layout.linkIds, links);
  const result = systemCall.bpf(command.PROG_QUERY, arena.address(at), layout.end);
  return {
    result,
    count: view.getUint32(at + layout.count, true),
    revision: arena.getUint64(at + layout.revision),
    attachFlags: view.getUint32(at + layout.attachFlags, true),
    programIds: query.programIds ? written(view, programs) : null,
    programFlags: query.programFlags ? written(view, flags) : null,
    linkIds: written(view, links),
  };
}

/** Entries up to the last one that was written, also past the capacity that was passed. */
function written(view: DataView, at: number): number[] {
  const entries = Array.from({ length: ENTRIES }, (_, i) => view.getUint32(at + i * 4, true));
  return entries.slice(0, entries.findLastIndex((entry) => entry !== UNTOUCHED) + 1);
}
