import { readFileSync, readlinkSync } from 'node:fs';
import type { ProcessOwner } from '../simulated/objects/process.js';

const START_TIME_FIELD = 22;

/** Who this process is; where there is no `/proc`, a pid alone, which another process may get in time. */
export function ownIdentity(): ProcessOwner {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    bootId: bootId(),
    pidNamespace: pidNamespace(),
  };
}

/**
 * Whether a process is gone for good. One in another pid namespace cannot be seen from here and counts as alive.
 *
 * @param owner what `ownIdentity` gave to that process
 */
export function isGone(owner: ProcessOwner): boolean {
  if (owner.bootId !== bootId()) return true;
  if (owner.pidNamespace !== pidNamespace()) return false;
  const startTime = startTimeOf(owner.pid);
  if (startTime !== undefined) return startTime !== owner.startTime;
  return owner.startTime !== '' || !isRunning(owner.pid);
}

/** Whether a process of this number runs in this pid namespace. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Start of a process in clock ticks since boot; undefined when it does not run any more. */
function startTimeOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is a name in parentheses that may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return fields[START_TIME_FIELD - 3];
}

let knownBootId: string | undefined;
let knownNamespace: string | undefined;

function bootId(): string {
  knownBootId ??= readOr('/proc/sys/kernel/random/boot_id', 'boot');
  return knownBootId;
}

function pidNamespace(): string {
  if (knownNamespace === undefined) {
    try {
      knownNamespace = readlinkSync('/proc/self/ns/pid');
    } catch {
      knownNamespace = '';
    }
  }
  return knownNamespace;
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return otherwise;
  }
}
