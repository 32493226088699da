import type { Cgroup } from '../objects/cgroup.js';
import type { Access } from '../objects/fd-table.js';
import type { KernelObject } from '../objects/kernel-object.js';
import type { ProcessOwner } from '../objects/process.js';
import { isPinnable, type PinDirectory } from '../pin-store.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { CGROUP_ID, CGROUP_PATH } from './restore-cgroups.js';
import { known, readId } from './restore-table.js';
import type { StateReader } from './state-reader.js';

const MAX_FDS = 1_048_576;
const KINDS = ['program', 'link', 'map', 'btf', 'cgroup', 'file', 'statistics'] as const;

/** Restores what holds objects from outside: pins and the fds of processes. */
export function restoreHolders(kernel: SimulatedKernel, root: StateReader): void {
  kernel.pins.mounts.clear();
  for (const pair of root.field('mounts').items()) {
    const [path, entries] = pair.tuple(2);
    const point = path!.text(/^\/(?:[^/\0]+(?:\/[^/\0]+)*)?$/);
    if (kernel.pins.mounts.has(point)) throw path!.refuse('is mounted twice');
    kernel.pins.mounts.set(point, readDirectory(kernel, entries!));
  }
  for (const item of root.field('processes').items()) readProcess(kernel, item);
}

function readDirectory(kernel: SimulatedKernel, saved: StateReader): PinDirectory {
  const directory: PinDirectory = { kind: 'directory', entries: new Map() };
  for (const pair of saved.items()) {
    const [name, entry] = pair.tuple(2);
    const word = name!.text(/^[^/.\0]{1,255}$/);
    if (directory.entries.has(word)) throw name!.refuse('is there twice');
    if (entry!.isArray) directory.entries.set(word, readDirectory(kernel, entry!));
    else {
      const object = readReference(kernel, entry!);
      if (!isPinnable(object)) throw entry!.refuse('cannot be pinned');
      directory.entries.set(word, object);
      kernel.acquireForUser(object);
    }
  }
  return directory;
}

function readProcess(kernel: SimulatedKernel, item: StateReader): void {
  const key = item.field('key').text(/^[\w.-]{1,128}$/);
  if (kernel.processes.has(key)) throw item.refuse('is there twice');
  const owner = item.field('owner');
  const limit = item.field('maximumFds').integer(1, MAX_FDS);
  const { fds } = kernel.restoreProcess(key, owner.isNull ? null : readOwner(owner), limit);
  for (const entry of item.field('fds').items()) {
    const [fd, object, access] = entry.tuple(3);
    const number = fd!.integer(0, limit - 1);
    if (fds.get(number) !== undefined) throw fd!.refuse('is open twice');
    const mode = access!.integer(0, 16);
    if (mode !== 0 && mode !== 8 && mode !== 16) throw access!.refuse('is no open mode');
    const held = readReference(kernel, object!);
    fds.set(number, held, mode satisfies Access);
    kernel.acquireForUser(held);
  }
}

function readOwner(item: StateReader): ProcessOwner {
  return {
    pid: item.field('pid').integer(1),
    startTime: item.field('startTime').text(/^\d{0,20}$/),
    bootId: item.field('bootId').text(/^[\w-]{1,64}$/),
    pidNamespace: item.field('pidNamespace').text(/^[\w:[\]-]{0,64}$/),
  };
}

/** The cgroup that a directory is that of; one that is not in the tree was removed while the directory was open. */
function readDirectoryOf({ cgroups }: SimulatedKernel, item: StateReader): Cgroup {
  const path = item.field('path').text(CGROUP_PATH);
  const id = item.field('id').text(CGROUP_ID);
  const cgroup = cgroups.get(path);
  if (cgroup?.id === id) return cgroup;
  return { kind: 'cgroup', path, id, parent: null, hooks: new Map(), removed: true };
}

function readReference(kernel: SimulatedKernel, item: StateReader): KernelObject {
  const kind = item.field('kind').oneOf(KINDS);
  switch (kind) {
    case 'file':
      return kernel.file;
    case 'statistics':
      return kernel.statistics;
    case 'cgroup':
      return { kind: 'directory', cgroup: readDirectoryOf(kernel, item), references: 0 };
    default: {
      const tables = { program: kernel.programs, link: kernel.links, map: kernel.maps, btf: kernel.btfs };
      const id = item.field('id');
      return known<KernelObject>(tables[kind].get(readId(id)), id, kind);
    }
  }
}
