import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { LinkHolder, LinkHolders } from '../world.js';

/** Which processes hold links by fds, as `/proc/PID/fdinfo` tells. */
export function linkHolders(): LinkHolders {
  const byLink = new Map<number, LinkHolder[]>();
  let complete = true;
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      for (const id of linksOf(pid)) {
        const holders = byLink.get(id) ?? [];
        byLink.set(id, [...holders, { pid: Number(pid), name: nameOf(pid) }]);
      }
    } catch (error) {
      // A process may end while it is looked at.
      if (!isGone(error)) complete = false;
    }
  }
  return { byLink, complete };
}

/** Ids of the links that a process holds, each once. */
function linksOf(pid: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      if (!/^anon_inode:\[?bpf[-_]link/.test(readlinkSync(`/proc/${pid}/fd/${fd}`))) continue;
      const id = /^link_id:\s*([0-9]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
      if (id !== undefined) found.add(Number(id));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return found;
}

function nameOf(pid: string): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ESRCH';
}
