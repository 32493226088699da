import { linkType } from '../../abi/attach-type.js';
import { programTypeOf } from '../../abi/attach-type-program.js';
import { attr } from '../../abi/attr.js';
import { cgroupAttachTypes } from '../../abi/cgroup-attach-type.js';
import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import { info } from '../../abi/info.js';
import type { Call } from '../call.js';
import { cgroupByFd, type Failure, programByFd } from '../lookup.js';
import type { Cgroup, CgroupEntry, CgroupHook } from '../objects/cgroup.js';
import type { LinkObject, LinkTarget } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { ancestorsAllow } from './cgroup-hierarchy.js';
import { isPreorder, placeEntry } from './cgroup-placement.js';
import type { Layer, LayerRequest } from './layer.js';
import { changeProgram, makeLink, refusedUpdate } from './link-life.js';
import { queryCgroup } from './query-cgroup.js';

/** Entries that one attach type of one cgroup has room for. */
export const CGROUP_CAPACITY = 64;
const MODE = flag.ALLOW_OVERRIDE | flag.ALLOW_MULTI;
const DIRECTIONS = flag.BEFORE | flag.AFTER;
const LINK_FLAGS = flag.ID | flag.BEFORE | flag.AFTER | flag.PREORDER | flag.LINK;

/** The cgroup layer (spec 10): a list for each attach type of each cgroup, by rules of its own instead of the engine's. */
export class CgroupLayer implements Layer {
  readonly attachTypes: readonly number[] = Object.values(cgroupAttachTypes);
  readonly linkType: number = linkType.CGROUP;
  readonly #kernel: SimulatedKernel;

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
  }

  attach(call: Call, request: LayerRequest, program: ProgramObject): number {
    const cgroup = cgroupByFd(call, request.target);
    if (typeof cgroup === 'number') return cgroup;
    const { flags } = request;
    const mode = flags & MODE;
    let replaced: ProgramObject | null = null;
    if ((flags & flag.REPLACE) !== 0 && (flags & flag.ALLOW_MULTI) !== 0) {
      const old = programByFd(call, request.replaceFd, program.type);
      if (typeof old === 'number') return old;
      replaced = old;
    }
    if (mode === MODE) return -errno.EINVAL;
    if ((flags & flag.REPLACE) !== 0) {
      if ((flags & flag.ALLOW_MULTI) === 0 || (flags & DIRECTIONS) !== 0) return -errno.EINVAL;
    }
    const hook = hookOf(cgroup, request.attachType);
    const refused = refusedAttach(cgroup, hook, request, mode);
    if (refused !== 0) return refused;
    const entry: CgroupEntry = { owner: program, preorder: isPreorder(flags) };
    const index = indexForProgram(call, hook.entries, request, program, replaced);
    if (index < 0) return index;
    const overwrites = replaced !== null || (mode !== flag.ALLOW_MULTI && hook.entries.length > 0);
    const before = overwrites ? hook.entries[index] : undefined;
    hook.entries.splice(index, overwrites ? 1 : 0, entry);
    this.#kernel.acquire(program);
    // Links are there in mode MULTI alone, and REPLACE finds direct entries alone.
    if (before !== undefined) this.#kernel.release(before.owner);
    this.#commit(cgroup, request.attachType, hook, mode);
    return 0;
  }

  detach(call: Call, request: LayerRequest): number {
    const cgroup = cgroupByFd(call, request.target);
    if (typeof cgroup === 'number') return cgroup;
    const fd = call.attr.u32(attr.progAttach.programFd);
    const program = programByFd(call, fd, programTypeOf(request.attachType));
    const hook = hookOf(cgroup, request.attachType);
    if (isStale(hook, request)) return -errno.ESTALE;
    let index = 0;
    if (hook.mode === flag.ALLOW_MULTI) {
      // Whatever kept the program from being found counts as none.
      if (typeof program === 'number') return -errno.EINVAL;
      index = hook.entries.findIndex(({ owner }) => owner === program);
    }
    const entry = hook.entries[index];
    if (entry === undefined) return -errno.ENOENT;
    hook.entries.splice(index, 1);
    this.#kernel.release(entry.owner);
    this.#commit(cgroup, request.attachType, hook, hook.mode);
    return 0;
  }

  query(call: Call, attachType: number): number {
    const cgroup = cgroupByFd(call, call.attr.u32(attr.progQuery.target));
    return typeof cgroup === 'number' ? cgroup : queryCgroup(call, cgroup, attachType);
  }

  createLink(call: Call, request: LayerRequest, program: ProgramObject): number {
    if ((request.flags & ~LINK_FLAGS) !== 0) return -errno.EINVAL;
    const cgroup = cgroupByFd(call, request.target);
    if (typeof cgroup === 'number') return cgroup;
    return makeLink(call, this, request, program, cgroup, (link) => {
      const hook = hookOf(cgroup, request.attachType);
      const refused = refusedAttach(cgroup, hook, request, flag.ALLOW_MULTI);
      if (refused !== 0) return refused;
      const index = placeEntry(call, hook.entries, request, 'link');
      if (index < 0) return index;
      hook.entries.splice(index, 0, { owner: link, preorder: isPreorder(request.flags) });
      this.#commit(cgroup, request.attachType, hook, flag.ALLOW_MULTI);
      return 0;
    });
  }

  updateLink(_call: Call, link: LinkObject, program: ProgramObject, old: ProgramObject | null): number {
    const refused = refusedUpdate(link, old);
    if (refused !== 0) return refused;
    if (program.type !== link.program.type) return -errno.EINVAL;
    changeProgram(this.#kernel, link, program);
    hookOfLink(link)!.revision++;
    return 0;
  }

  detachLink(link: LinkObject): void {
    const { target } = link;
    if (target?.kind !== 'cgroup') return;
    const hook = hookOfLink(link)!;
    hook.entries.splice(
      hook.entries.findIndex(({ owner }) => owner === link),
      1,
    );
    this.#commit(target, link.attachType, hook, hook.mode);
    link.target = null;
  }

  describeLink(link: LinkObject, view: DataView): void {
    const id = link.target?.kind === 'cgroup' ? link.target.id : '0';
    view.setBigUint64(info.link.cgroupId, BigInt(id), true);
    view.setUint32(info.link.cgroupAttachType, link.attachType, true);
  }

  removeTarget(target: LinkTarget): void {
    if (target.kind !== 'cgroup') return;
    const entries = [...target.hooks.values()].flatMap((hook) => hook.entries);
    target.hooks.clear();
    for (const { owner } of entries) {
      if (owner.kind === 'link') owner.target = null;
      else this.#kernel.release(owner);
    }
  }

  owns(link: LinkObject): boolean {
    return hookOfLink(link)?.entries.some(({ owner }) => owner === link) ?? false;
  }

  /** Ends a change: the mode is that of the entries, and forgotten with the last one (spec 10.1). */
  #commit(cgroup: Cgroup, attachType: number, hook: CgroupHook, mode: number): void {
    hook.mode = hook.entries.length === 0 ? 0 : mode;
    hook.revision++;
    cgroup.hooks.set(attachType, hook);
  }
}

/** What a cgroup has for an attach type; a fresh one, which a change makes its own, where nothing was ever attached. */
function hookOf(cgroup: Cgroup, attachType: number): CgroupHook {
  return cgroup.hooks.get(attachType) ?? { entries: [], mode: 0, revision: 1 };
}

function hookOfLink({ target, attachType }: LinkObject): CgroupHook | undefined {
  return target?.kind === 'cgroup' ? target.hooks.get(attachType) : undefined;
}

function isStale({ revision }: CgroupHook, { expectedRevision }: LayerRequest): boolean {
  return expectedRevision !== 0 && expectedRevision !== revision;
}

/** What keeps anything from being attached, program or link (spec 10.3 #5 to #8); 0 or a negated error number. */
function refusedAttach(cgroup: Cgroup, hook: CgroupHook, request: LayerRequest, mode: number): number {
  if (isStale(hook, request)) return -errno.ESTALE;
  if (!ancestorsAllow(cgroup, request.attachType)) return -errno.EPERM;
  if (hook.entries.length > 0 && hook.mode !== mode) return -errno.EPERM;
  return hook.entries.length >= CGROUP_CAPACITY ? -errno.E2BIG : 0;
}

/** Where a program that is attached directly goes (spec 10.3 #9 to #11): an index, or a negated error number. */
function indexForProgram(
  call: Call,
  entries: readonly CgroupEntry[],
  request: LayerRequest,
  program: ProgramObject,
  replaced: ProgramObject | null,
): number | Failure {
  const isMulti = (request.flags & flag.ALLOW_MULTI) !== 0;
  if (!isMulti && entries.length > 0) return 0;
  if (isMulti && program !== replaced && entries.some(({ owner }) => owner === program)) return -errno.EINVAL;
  if (replaced === null) return placeEntry(call, entries, request, 'program');
  const index = entries.findIndex(({ owner }) => owner === replaced);
  return index < 0 ? -errno.ENOENT : index;
}
