import { readFileSync } from 'node:fs';

/** One mount as the calling thread sees it. */
export interface Mount {
  readonly point: string;
  /** Which directory of the file system is mounted; `/` for all of it. */
  readonly root: string;
  readonly type: string;
}

/** The mounts of the calling thread's mount namespace, in the order in which they were made. */
export function mounts(): readonly Mount[] {
  return parseMounts(readFileSync('/proc/thread-self/mountinfo', 'utf8'));
}

/** Reads the text of a `mountinfo` file; lines that it does not understand are left out. */
export function parseMounts(text: string): readonly Mount[] {
  const found: Mount[] = [];
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    const separator = words.indexOf('-', 6);
    const [root, point, type] = [words[3], words[4], words[separator + 1]];
    if (separator < 0 || root === undefined || point === undefined || type === undefined) continue;
    found.push({ root: unescapePath(root), point: unescapePath(point), type });
  }
  return found;
}

/** Blanks, tabs, newlines and backslashes in paths are written in octal. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
