import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { clip, MprogError } from '@mprog/core';
import { errnoName } from '../abi/errno.js';
import type { NamespaceListing, NamespaceSelector, NetworkNamespace } from '../world.js';
import { capabilityWords, isEffective } from './capabilities.js';
import type { ForeignFunctions } from './ffi.js';
import { hasEnded } from './has-ended.js';
import { fromFileError, linuxError, withFileErrors } from './linux-error.js';

/** The network namespace of the calling thread; `/proc/self` would be that of the process's first thread. */
export const NAMESPACE_OF_THREAD = '/proc/thread-self/ns/net';
const NAMED = '/run/netns';
/** clone(2)'s flag for network namespaces. */
export const CLONE_NEWNET = 0x4000_0000;

/** Inode of the calling thread's network namespace, in decimal. */
export function currentNamespace(): string {
  return withFileErrors('look at the network namespace of this thread', () =>
    String(statSync(NAMESPACE_OF_THREAD).ino),
  );
}

/** The network namespaces that the caller can see, and moving the calling thread between them. */
export class Namespaces {
  readonly #foreign: ForeignFunctions;
  /** Namespaces that nothing but an fd of this process names, by inode. */
  readonly #held = new Map<string, number>();

  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
  }

  /** Makes a namespace known that only an fd holds; the fd stays the caller's. */
  hold(inode: string, fd: number): void {
    this.#held.set(inode, fd);
  }

  /** Forgets what `hold` made known. */
  release(inode: string): void {
    this.#held.delete(inode);
  }

  /** Namespaces by name, then those of processes, then those held by fds; each once. */
  list(): NamespaceListing {
    const found = new Map<string, { inode: string; name: string | null; pid: number | null }>();
    const errors: string[] = [];
    const device = statSync(NAMESPACE_OF_THREAD).dev;

    for (const name of readNames(errors)) {
      try {
        const { dev, ino } = statSync(`${NAMED}/${name}`);
        if (dev !== device) errors.push(`${NAMED}/${name}: the namespace is gone, only its name is left`);
        else if (!found.has(String(ino))) found.set(String(ino), { inode: String(ino), name, pid: null });
      } catch (error) {
        errors.push(`${NAMED}/${name}: ${codeOf(error)}`);
      }
    }

    const unreadable = new Map<string, number>();
    for (const pid of processes()) {
      try {
        const inode = String(statSync(`/proc/${pid}/ns/net`).ino);
        const known = found.get(inode);
        if (known === undefined) found.set(inode, { inode, name: null, pid });
        else known.pid ??= pid;
      } catch (error) {
        const code = codeOf(error);
        // A process that has just ended, or a zombie, has no namespace; without CAP_SYS_PTRACE that is EACCES as well.
        if (code !== 'ENOENT' && code !== 'ESRCH' && !hasEnded(pid))
          unreadable.set(code, (unreadable.get(code) ?? 0) + 1);
      }
    }
    for (const [code, count] of unreadable) {
      const capable = isEffective(capabilityWords(this.#foreign), 'CAP_SYS_PTRACE');
      const remedy = capable ? '' : ', it needs CAP_SYS_PTRACE';
      errors.push(`/proc/PID/ns/net: ${code} for ${count} of the processes${remedy}`);
    }

    for (const inode of [currentNamespace(), ...this.#held.keys()]) {
      if (!found.has(inode)) found.set(inode, { inode, name: null, pid: null });
    }
    return { namespaces: [...found.values()] satisfies NetworkNamespace[], errors };
  }

  /** Runs a synchronous action inside another namespace; see `World.within`. */
  within<Result>(selector: NamespaceSelector, action: () => Result): Result {
    const operation = `enter network namespace ${clip(describe(selector))}`;
    const opened = this.#open(selector, operation);
    try {
      return this.#inside(opened.fd, operation, action);
    } finally {
      if (opened.ours) closeSync(opened.fd);
    }
  }

  #inside<Result>(fd: number, operation: string, action: () => Result): Result {
    const { dev, ino } = statSync(`/proc/thread-self/fd/${fd}`);
    const here = statSync(NAMESPACE_OF_THREAD);
    if (dev === here.dev && ino === here.ino) return synchronous(operation, action);

    const home = openSync(NAMESPACE_OF_THREAD, 'r');
    try {
      this.#enter(fd, operation);
      try {
        return synchronous(operation, action);
      } finally {
        this.#enter(home, `come back from ${operation.slice('enter '.length)}`);
      }
    } finally {
      closeSync(home);
    }
  }

  #enter(fd: number, operation: string): void {
    const result = this.#foreign.call('setns', fd, CLONE_NEWNET);
    if (result === 0) return;
    const reasons: Readonly<Record<string, string>> = {
      EPERM: 'it needs CAP_SYS_ADMIN',
      EINVAL: 'it is not a network namespace',
    };
    throw linuxError(operation, -result, reasons[errnoName(-result)]);
  }

  #open(selector: NamespaceSelector, operation: string): { fd: number; ours: boolean } {
    if ('inode' in selector) {
      const held = this.#held.get(selector.inode);
      if (held !== undefined) return { fd: held, ours: false };
    }
    try {
      return { fd: openSync(pathOf(selector, operation), 'r'), ours: true };
    } catch (error) {
      throw fromFileError(operation, error);
    }
  }
}

function pathOf(selector: NamespaceSelector, operation: string): string {
  if ('name' in selector) {
    const { name } = selector;
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new MprogError('EINVAL', `${operation}: that is not a name under ${NAMED} (EINVAL)`);
    }
    return `${NAMED}/${name}`;
  }
  if ('pid' in selector) return `/proc/${selector.pid}/ns/net`;
  if (selector.inode === currentNamespace()) return NAMESPACE_OF_THREAD;
  const path = pathOfInode(selector.inode);
  if (path !== undefined) return path;
  throw new MprogError(
    'ENOENT',
    `${operation}: no name and no process that may be looked at leads to it (ENOENT)`,
  );
}

function pathOfInode(inode: string): string | undefined {
  const { dev } = statSync(NAMESPACE_OF_THREAD);
  const isIt = (path: string) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && stat.dev === dev && String(stat.ino) === inode;
  };
  const attempt = (path: string) => {
    try {
      return isIt(path);
    } catch {
      return false;
    }
  };
  return (
    readNames([])
      .map((name) => `${NAMED}/${name}`)
      .find(attempt) ??
    processes()
      .map((pid) => `/proc/${pid}/ns/net`)
      .find(attempt)
  );
}

function readNames(errors: string[]): string[] {
  try {
    return readdirSync(NAMED).sort();
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT') errors.push(`${NAMED}: ${code}`);
    return [];
  }
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
}

function synchronous<Result>(operation: string, action: () => Result): Result {
  const result = action();
  if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
    throw new MprogError(
      'EINVAL',
      `${operation}: the action returned a promise, and what it does later would happen outside (EINVAL)`,
    );
  }
  return result;
}

function describe(selector: NamespaceSelector): string {
  if ('name' in selector) return selector.name;
  return 'pid' in selector ? `of process ${selector.pid}` : `with inode ${selector.inode}`;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
