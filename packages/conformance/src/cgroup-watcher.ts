import { spawn } from 'node:child_process';
import { cgroupMountOrNull } from '@mprog/kernel/linux';

/**
 * Starts a small process that outlives this one and removes the cgroups of its laboratories, `mprog-PID-…`, when it has
 * ended in whatever way; they would stay otherwise, as cgroups have no private form. Closing it ends the process, which
 * then removes what is left. Where no cgroups are mounted none can be made, and it does nothing.
 */
export class CgroupWatcher implements Disposable {
  readonly #end: () => void;

  constructor() {
    const mount = cgroupMountOrNull();
    if (mount === null) {
      this.#end = () => undefined;
      return;
    }
    const watcher = spawn(process.execPath, ['--eval', watcherSource, mount, String(process.pid)], {
      // The end of this process, and nothing else, closes the pipe; a ctrl-C goes to the whole process group.
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
      env: {},
    });
    watcher.on('error', () => undefined);
    watcher.stdin.on('error', () => undefined);
    watcher.unref();
    (watcher.stdin as unknown as { unref?: () => void }).unref?.();
    this.#end = () => watcher.stdin.end();
  }

  close(): void {
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What the process runs; a process that is still in a cgroup, or a removal under way, gets some seconds to go. */
const watcherSource = `
const { readdirSync, rmdirSync } = require('node:fs');
const [mount, pid] = process.argv.slice(1);
const removeTree = (directory) => {
  let left = false;
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) left = removeTree(directory + '/' + entry.name) || left;
    }
    if (!left) rmdirSync(directory);
    return left;
  } catch (error) {
    return error.code !== 'ENOENT';
  }
};
const sweep = (attempts) => {
  let left = false;
  for (const name of readdirSync(mount)) {
    if (name.startsWith('mprog-' + pid + '-')) left = removeTree(mount + '/' + name) || left;
  }
  if (left && attempts > 0) setTimeout(sweep, 50, attempts - 1);
};
process.stdin.on('end', () => sweep(200));
process.stdin.on('error', () => sweep(200));
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
`;
