import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { queryFlag } from '../../abi/flag.js';
import type { Call } from '../call.js';
import { type Cgroup, programOf } from '../objects/cgroup.js';
import { effectiveEntries } from './cgroup-hierarchy.js';
import { queryRoom, writeCounts, writeEntry } from './query-answer.js';

const layout = attr.progQuery;

/** Answers PROG_QUERY for an attach type of a cgroup: its own list, or what acts in it (spec 10.7). */
export function queryCgroup(call: Call, cgroup: Cgroup, attachType: number): number {
  const { attr: input } = call;
  const effective = (input.u32(layout.queryFlags) & queryFlag.EFFECTIVE) !== 0;
  if (effective && input.u64(layout.programFlags) !== 0) return -errno.EINVAL;
  const hook = cgroup.hooks.get(attachType);
  const entries = effective
    ? effectiveEntries(cgroup, attachType).map(({ entry }) => entry)
    : (hook?.entries ?? []);
  const mode = effective ? 0 : (hook?.mode ?? 0);
  const revision = effective ? 0 : (hook?.revision ?? 1);
  const counts = {
    attachFlags: mode,
    // A caller whose attr ends before it does not get it.
    revision: call.size >= layout.end ? revision : null,
    count: entries.length,
  };
  if (!writeCounts(call, counts)) return -errno.EFAULT;
  const room = queryRoom(call);
  if (room === 0) return 0;
  const written = entries.slice(0, room);
  const ok =
    written.every((entry, i) => writeEntry(call, layout.programIds, i, programOf(entry).id)) &&
    written.every((_, i) => writeEntry(call, layout.programFlags, i, mode));
  if (!ok) return -errno.EFAULT;
  return written.length < entries.length ? -errno.ENOSPC : 0;
}
