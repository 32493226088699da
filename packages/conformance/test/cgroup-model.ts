import {
  type AttachOperation,
  type DetachOperation,
  type Handle,
  type HookState,
  type LinkCreateOperation,
  type LinkUpdateOperation,
  type Observation,
  type QueryOperation,
  type TraceOperation,
  type TraceRelative,
  type TraceState,
  traceFlag,
  traceHooks,
} from '../src/trace.js';
import type { TraceSubject } from '../src/trace-subject.js';
import { isErrno, type ModelLink, ModelObjects } from './model-objects.js';

const CAPACITY = 64;
const UNKNOWN = ['UNKNOWN_7', 'UNKNOWN_20'];
const LINK_FLAGS = ['ID', 'LINK', 'BEFORE', 'AFTER', 'PREORDER'];

/** A program handle for a direct entry, a link handle for one that a link owns. */
interface Entry {
  readonly owner: Handle;
  readonly preorder: boolean;
}

interface List {
  entries: Entry[];
  mode: string[];
  revision: number;
}

/**
 * Chapters 2, 7 and 10 of the specification over the operations of a trace, with ordinary arrays and maps: a caller with
 * every right, the cgroup A and its child B, programs that all have the type of the hook but `x0`. It shares no code with
 * the simulated kernel or the client.
 */
export class CgroupModel implements TraceSubject {
  readonly #lists: Map<string, List> = new Map(
    traceHooks.cgroup.map((on) => [on, { entries: [], mode: [], revision: 1 }]),
  );
  readonly #objects: ModelObjects = new ModelObjects();
  removed = false;

  /** Whether an operation means nothing in this state or at all: a second removal, a qdisc. */
  leavesOut(operation: TraceOperation): boolean {
    return operation.op === 'clsact' || (operation.op === 'target_remove' && this.removed);
  }

  /** The operation with what depends on the state: the revision that its mode stands for, the name of the next link. */
  complete(operation: TraceOperation): TraceOperation {
    const as = `l${this.#objects.links.size}`;
    const named = operation.op === 'link_create' ? { ...operation, as } : operation;
    if (!('rev' in named) || named.rev.mode === '0') return named;
    const { mode } = named.rev;
    const { revision } = this.#list(named.on);
    const stale = revision % 2 === 0 ? revision + 1 : revision + 2 ** 32;
    return { ...named, rev: { mode, value: mode === 'exact' ? revision : stale } };
  }

  state(): TraceState {
    return Object.fromEntries(traceHooks.cgroup.map((on) => [on, this.#stateOf(on)]));
  }

  perform(operation: TraceOperation): Observation {
    const result = this.#perform(operation);
    const outcome = typeof result === 'string' ? { res: result } : result;
    return { ...outcome, q: this.state() };
  }

  #stateOf(on: string): HookState {
    if (this.removed) return { err: 'ENOENT' };
    const { entries, mode, revision } = this.#list(on);
    const list = entries.map((entry) => this.#programOf(entry));
    return { rev: revision, list, flags: bitsOf(mode), eff: this.#effective(on) };
  }

  #perform(operation: TraceOperation): string | Omit<Observation, 'q'> {
    const { links } = this.#objects;
    switch (operation.op) {
      case 'attach':
        return this.#attach(operation);
      case 'detach':
        return this.#detach(operation);
      case 'link_create':
        return this.#createLink(operation);
      case 'link_update':
        return this.#updateLink(operation);
      case 'query':
        return this.#query(operation);
      case 'link_detach': {
        const link = this.#objects.linkByFd(operation.link);
        if (typeof link === 'string') return link;
        this.#release(operation.link, link);
        return 'ok';
      }
      case 'link_open': {
        const link = links.get(operation.link);
        if (link === undefined || link.openFds === 0) return 'ENOENT';
        link.openFds++;
        return 'ok';
      }
      case 'link_close': {
        const link = links.get(operation.link);
        if (link === undefined || link.openFds === 0) return 'EBADF';
        link.openFds--;
        if (link.openFds === 0) this.#release(operation.link, link);
        return 'ok';
      }
      case 'link_info': {
        if (!isErrno(this.#objects.programByFd(operation.link))) return 'ok';
        const link = this.#objects.linkByFd(operation.link);
        if (typeof link === 'string') return link === 'EBADF' ? 'EBADFD' : link;
        return { res: 'ok', info: { prog: link.program, attached: link.on !== null } };
      }
      case 'clsact':
        throw new Error('a cgroup takes no qdisc');
      case 'target_remove':
        this.removed = true;
        for (const link of links.values()) link.on = null;
        return 'ok';
    }
  }

  #attach(operation: AttachOperation): string {
    const { on, flags, replace, rel, rev } = operation;
    if (flags.some((name) => UNKNOWN.includes(name))) return 'EINVAL';
    const program = this.#objects.ownTypeByFd(operation.prog);
    if (isErrno(program)) return program;
    if (this.removed) return 'ENOENT';
    const mode = flags.filter((name) => name.startsWith('ALLOW_'));
    const multi = mode.includes('ALLOW_MULTI');
    const replacing = flags.includes('REPLACE');
    const old = replacing && multi ? this.#objects.ownTypeByFd(replace) : null;
    if (old !== null && isErrno(old)) return old;
    if (mode.length > 1 || (replacing && !multi)) return 'EINVAL';
    if (replacing && (flags.includes('BEFORE') || flags.includes('AFTER'))) return 'EINVAL';
    const refused = this.#refused(on, mode, rev.value);
    if (refused !== null) return refused;

    const list = this.#list(on);
    const fresh = { owner: program, preorder: flags.includes('PREORDER') };
    if (!multi && list.entries.length > 0) {
      list.entries = [fresh];
    } else {
      if (multi && program !== old && list.entries.some(({ owner }) => owner === program)) return 'EINVAL';
      if (old !== null) {
        if (!list.entries.some(({ owner }) => owner === old)) return 'ENOENT';
        list.entries = list.entries.map((entry) => (entry.owner === old ? fresh : entry));
      } else {
        const failure = this.#place(list, fresh, flags, rel);
        if (failure !== null) return failure;
      }
    }
    list.mode = mode;
    list.revision++;
    return 'ok';
  }

  #detach(operation: DetachOperation): string {
    const { on, prog, flags, rel, rev } = operation;
    if (flags.length > 0 || (rel !== null && rel.kind !== 'none')) return 'EINVAL';
    if (this.removed) return 'ENOENT';
    const list = this.#list(on);
    if (rev.value !== 0 && rev.value !== list.revision) return 'ESTALE';
    if (list.entries.length === 0) return 'ENOENT';
    if (!list.mode.includes('ALLOW_MULTI')) {
      this.#take(list, list.entries[0]!.owner);
      return 'ok';
    }
    const program = this.#objects.ownTypeByFd(prog);
    if (isErrno(program)) return 'EINVAL';
    if (!list.entries.some(({ owner }) => owner === program)) return 'ENOENT';
    this.#take(list, program);
    return 'ok';
  }

  #createLink(operation: LinkCreateOperation): string {
    const { on, prog, flags, rel, rev, as } = operation;
    const program = this.#objects.ownTypeByFd(prog);
    if (isErrno(program)) return program;
    if (flags.some((name) => !LINK_FLAGS.includes(name))) return 'EINVAL';
    if (this.removed) return 'ENOENT';
    const refused = this.#refused(on, ['ALLOW_MULTI'], rev.value);
    if (refused !== null) return refused;
    const list = this.#list(on);
    const failure = this.#place(list, { owner: as, preorder: flags.includes('PREORDER') }, flags, rel);
    if (failure !== null) return failure;
    this.#objects.links.set(as, { program, on, openFds: 1 });
    list.mode = ['ALLOW_MULTI'];
    list.revision++;
    return 'ok';
  }

  #updateLink(operation: LinkUpdateOperation): string {
    const { flags, prog, old } = operation;
    if (flags.some((name) => name !== 'REPLACE')) return 'EINVAL';
    const link = this.#objects.linkByFd(operation.link);
    if (typeof link === 'string') return link;
    const program = this.#objects.programByFd(prog);
    if (isErrno(program)) return program;
    const expected = flags.includes('REPLACE') ? this.#objects.programByFd(old) : null;
    if (expected !== null && isErrno(expected)) return expected;
    if (expected === null && old !== null) return 'EINVAL';
    if (link.on === null) return 'ENOLINK';
    if (expected !== null && expected !== link.program) return 'EPERM';
    if (program === 'x0') return 'EINVAL';
    link.program = program;
    this.#list(link.on).revision++;
    return 'ok';
  }

  #query(operation: QueryOperation): string | Omit<Observation, 'q'> {
    if (operation.queryFlags > 1) return 'EINVAL';
    if (this.removed) return 'ENOENT';
    const effective = operation.queryFlags === 1;
    if (effective && operation.progFlags) return 'EINVAL';
    const { entries, mode, revision } = this.#list(operation.on);
    const programs = effective
      ? this.#effective(operation.on)
      : entries.map((entry) => this.#programOf(entry));
    const wanted = operation.ids ? operation.count : 0;
    const out = {
      count: programs.length,
      rev: effective ? 0 : revision,
      attachFlags: effective ? 0 : bitsOf(mode),
      ids: operation.ids ? programs.slice(0, wanted) : null,
      progFlags: operation.progFlags ? programs.slice(0, wanted).map(() => bitsOf(mode)) : null,
    };
    return { res: wanted > 0 && wanted < programs.length ? 'ENOSPC' : 'ok', out };
  }

  /** Rows 5 to 8 of the table in 10.3. */
  #refused(on: string, mode: readonly string[], expected: number): string | null {
    const { entries, mode: present, revision } = this.#list(on);
    if (expected !== 0 && expected !== revision) return 'ESTALE';
    const above = this.#list('A');
    if (on === 'B' && above.entries.length > 0 && above.mode.length === 0) return 'EPERM';
    if (entries.length > 0 && present.join() !== mode.join()) return 'EPERM';
    return entries.length === CAPACITY ? 'E2BIG' : null;
  }

  /** Section 10.3.1; puts the entry into the list. */
  #place(list: List, fresh: Entry, flags: readonly string[], rel: TraceRelative | null): string | null {
    const before = flags.includes('BEFORE');
    const after = flags.includes('AFTER');
    const isLink = fresh.owner.startsWith('l');
    const ref = rel === null || rel.kind === 'none' ? null : 'ref' in rel ? rel.ref : rel.kind;
    if (flags.includes('ID') || flags.includes('LINK') || ref !== null) {
      if (before === after || flags.includes('LINK') !== isLink) return 'EINVAL';
      const anchor = this.#anchor(flags, ref);
      if (isErrno(anchor)) return anchor;
      const at = list.entries.find(({ owner }) => owner === anchor);
      if (at === undefined) return 'ENOENT';
      if (at.preorder !== fresh.preorder) return 'EINVAL';
      list.entries = list.entries.flatMap((entry) => {
        if (entry !== at) return [entry];
        return before ? [fresh, entry] : [entry, fresh];
      });
      return null;
    }
    if (before && after && list.entries.length > 0) return 'EINVAL';
    list.entries = before ? [fresh, ...list.entries] : [...list.entries, fresh];
    return null;
  }

  #anchor(flags: readonly string[], ref: Handle | null): string {
    const byId = flags.includes('ID');
    if (flags.includes('LINK')) {
      if (byId) return ref !== null && this.#objects.isAlive(ref) ? ref : 'ENOENT';
      if (ref === null) return 'EINVAL';
      const link = this.#objects.linkByFd(ref);
      return typeof link === 'string' ? link : ref;
    }
    if (byId) return ref === null || ref === 'bogus' ? 'ENOENT' : ref;
    return this.#objects.programByFd(ref);
  }

  /** Section 10.5, for a parent and its child. */
  #effective(on: string): readonly Handle[] {
    const above = this.#list('A');
    const own = this.#list(on);
    const shares = above.mode.includes('ALLOW_MULTI') || own.entries.length === 0;
    const lists = on === 'B' ? [own, ...(shares ? [above] : [])] : [own];
    const front = [...lists].reverse().flatMap(({ entries }) => entries.filter(({ preorder }) => preorder));
    const plain = lists.flatMap(({ entries }) => entries.filter(({ preorder }) => !preorder));
    return [...front, ...plain].map((entry) => this.#programOf(entry));
  }

  #programOf({ owner }: Entry): Handle {
    return owner.startsWith('l') ? this.#objects.links.get(owner)!.program : owner;
  }

  #list(on: string): List {
    return this.#lists.get(on)!;
  }

  #release(name: Handle, link: ModelLink): void {
    if (link.on === null) return;
    this.#take(this.#list(link.on), name);
    link.on = null;
  }

  #take(list: List, owner: Handle): void {
    list.entries = list.entries.filter((entry) => entry.owner !== owner);
    if (list.entries.length === 0) list.mode = [];
    list.revision++;
  }
}

function bitsOf(mode: readonly string[]): number {
  return mode.reduce((bits, name) => bits | traceFlag[name as keyof typeof traceFlag], 0);
}
