import { linkType } from '../../abi/attach-type.js';
import { programTypeOf } from '../../abi/attach-type-program.js';
import { flag } from '../../abi/flag.js';
import { parentOf } from '../cgroup-tree.js';
import { CGROUP_CAPACITY } from '../layers/cgroup.js';
import { type Cgroup, type CgroupEntry, type CgroupHook, programOf } from '../objects/cgroup.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { known, readId } from './restore-table.js';
import type { StateReader } from './state-reader.js';

const MODES = [0, flag.ALLOW_OVERRIDE, flag.ALLOW_MULTI];

/** A path inside the cgroup2 tree. */
export const CGROUP_PATH: RegExp = /^\/(?:[^/\0\n]+(?:\/[^/\0\n]+)*)?$/;
/** An id of a cgroup. */
export const CGROUP_ID: RegExp = /^[1-9]\d{0,15}$/;

/** Restores the tree of cgroups; what is attached to them comes with `restoreCgroupHooks`. */
export function restoreCgroups({ cgroups }: SimulatedKernel, root: StateReader): void {
  cgroups.clear();
  cgroups.nextId = root.field('nextCgroup').integer(1, Number.MAX_SAFE_INTEGER);
  const ids = new Set<string>();
  for (const item of root.field('cgroups').items()) {
    const path = item.field('path').text(CGROUP_PATH);
    const id = item.field('id').text(CGROUP_ID);
    if (cgroups.get(path) !== undefined || ids.has(id)) throw item.refuse('is there twice');
    if (path !== '/' && cgroups.get(parentOf(path)) === undefined) {
      throw item.refuse('is below a cgroup that is not there');
    }
    ids.add(id);
    cgroups.restore(path, id);
  }
  if (cgroups.get('/') === undefined) throw root.refuse('lacks the root of the cgroups');
}

/** Restores what is attached to the cgroups, once links are there. */
export function restoreCgroupHooks(kernel: SimulatedKernel, root: StateReader): void {
  for (const saved of root.field('cgroups').items()) {
    const cgroup = kernel.cgroups.get(saved.field('path').text())!;
    for (const item of saved.field('hooks').items()) {
      const attachType = item.field('attachType').integer();
      if (kernel.layerOf(attachType)?.linkType !== linkType.CGROUP) {
        throw item.refuse(`has the attach type ${attachType}, which is none of a cgroup`);
      }
      if (cgroup.hooks.has(attachType)) throw item.refuse('is there twice');
      cgroup.hooks.set(attachType, readHook(kernel, item, cgroup, attachType));
    }
  }
}

function readHook(
  kernel: SimulatedKernel,
  item: StateReader,
  cgroup: Cgroup,
  attachType: number,
): CgroupHook {
  const mode = item.field('mode').integer();
  const entries = item
    .field('entries')
    .items()
    .map((entry) => readEntry(kernel, entry, cgroup, attachType));
  const revision = item.field('revision').integer(1, Number.MAX_SAFE_INTEGER);
  if (revision <= entries.length) throw item.refuse(`has the impossible revision ${revision}`);
  if (!MODES.includes(mode) || (entries.length === 0 && mode !== 0)) throw item.refuse('has no such mode');
  if (mode !== flag.ALLOW_MULTI && (entries.length > 1 || entries[0]?.owner.kind === 'link')) {
    throw item.refuse('has entries that its mode does not allow');
  }
  if (entries.length > CGROUP_CAPACITY) throw item.refuse('is longer than a list may be');
  if (new Set(entries.map(({ owner }) => owner)).size !== entries.length)
    throw item.refuse('has an entry twice');
  return { entries, mode, revision };
}

function readEntry(
  kernel: SimulatedKernel,
  item: StateReader,
  cgroup: Cgroup,
  attachType: number,
): CgroupEntry {
  const preorder = item.field('preorder').boolean();
  const name = item.has('link') ? 'link' : 'program';
  const id = item.field(name);
  const table = name === 'link' ? kernel.links : kernel.programs;
  const owner = known(table.get(readId(id)), id, name);
  if (owner.kind === 'link') {
    if (owner.target !== cgroup || owner.attachType !== attachType) {
      throw item.refuse(`has the link ${owner.id}, which is attached elsewhere`);
    }
  } else {
    kernel.acquire(owner);
  }
  const entry = { owner, preorder };
  if (programOf(entry).type !== programTypeOf(attachType)) throw item.refuse('has a program of another type');
  return entry;
}
