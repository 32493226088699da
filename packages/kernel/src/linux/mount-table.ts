import { readFileSync, statSync } from 'node:fs';
import { withFileErrors } from './linux-error.js';

/** One mount as the calling thread sees it. */
export interface Mount {
  readonly point: string;
  /** Which directory of the file system is mounted; `/` for all of it. */
  readonly root: string;
  readonly type: string;
  /** Major and minor number of its file system, `0:38`. */
  readonly device: string;
}

let last: { readonly text: string; readonly mounts: readonly Mount[] } | undefined;

/** The mounts of the calling thread's mount namespace, in the order in which they were made. */
export function mounts(): readonly Mount[] {
  const text = withFileErrors('read the table of mounts', () =>
    readFileSync('/proc/thread-self/mountinfo', 'utf8'),
  );
  // It is looked at for every cgroup and rarely changes.
  if (text !== last?.text) last = { text, mounts: parseMounts(text) };
  return last.mounts;
}

/** Whether the mount point leads into the mount: another one over it, or over a directory above it, hides it. */
export function isVisible({ point, device }: Mount): boolean {
  try {
    return deviceName(statSync(point, { bigint: true }).dev) === device;
  } catch {
    return false;
  }
}

/** A device number of stat(2) as the table of mounts writes it. */
function deviceName(number: bigint): string {
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
  const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn);
  return `${major}:${minor & 0xffff_ffffn}`;
}

/** Reads the text of a `mountinfo` file; lines that it does not understand are left out. */
export function parseMounts(text: string): readonly Mount[] {
  const found: Mount[] = [];
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    const separator = words.indexOf('-', 6);
    const [device, root, point, type] = [words[2], words[3], words[4], words[separator + 1]];
    if (separator < 0 || !device || root === undefined || point === undefined || type === undefined) continue;
    found.push({ root: unescapePath(root), point: unescapePath(point), type, device });
  }
  return found;
}

/** Blanks, tabs, newlines and backslashes in paths are written in octal. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
