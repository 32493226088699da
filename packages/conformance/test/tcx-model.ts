import { ABSENT } from '@mprog/core';
import { type Outcome, PlainArrayModel } from '../../core/test/plain-array-model.js';
import {
  type AttachOperation,
  type DetachOperation,
  type Handle,
  type LinkCreateOperation,
  type LinkUpdateOperation,
  type Observation,
  type QueryOperation,
  type TraceOperation,
  type TraceRelative,
  type TraceState,
  traceHooks,
} from '../src/trace.js';
import type { TraceSubject } from '../src/trace-subject.js';
import { isErrno, type ModelLink, ModelObjects } from './model-objects.js';

const CAPACITY = 63;
const MPROG_FLAGS = ['REPLACE', 'BEFORE', 'AFTER', 'ID', 'LINK'];

/**
 * Chapters 2 and 4 to 8 of the specification over the operations of a trace, with ordinary arrays and maps: a caller with
 * every right, one device, programs that all have the type of a tcx hook but `x0`. It shares no code with the engine, the
 * simulated kernel or the client.
 */
export class TcxModel implements TraceSubject {
  readonly #bundles: Map<string, PlainArrayModel> = new Map();
  readonly #objects: ModelObjects = new ModelObjects();
  clsact = false;
  removed = false;

  /** Whether an operation means nothing in this state: a second removal, a qdisc that is there already or not there. */
  leavesOut(operation: TraceOperation): boolean {
    if (operation.op === 'target_remove') return this.removed;
    return operation.op === 'clsact' && (this.removed || operation.present === this.clsact);
  }

  /** The operation with what depends on the state: the revision that its mode stands for, the name of the next link. */
  complete(operation: TraceOperation): TraceOperation {
    const named =
      operation.op === 'link_create' ? { ...operation, as: `l${this.#objects.links.size}` } : operation;
    if (!('rev' in named) || named.rev.mode === '0') return named;
    const { mode } = named.rev;
    const { revision } = this.#bundle(named.on);
    const stale = revision % 2 === 0 ? revision + 1 : revision + 2 ** 32;
    return { ...named, rev: { mode, value: mode === 'exact' ? revision : stale } };
  }

  state(): TraceState {
    return Object.fromEntries(
      traceHooks.tcx.map((on) => {
        if (this.removed) return [on, { err: 'ENODEV' }];
        const { revision, programs, owners } = this.#bundles.get(on) ?? new PlainArrayModel(CAPACITY);
        return [on, { rev: revision, list: programs.map((p, i) => [programName(p), linkName(owners[i])]) }];
      }),
    );
  }

  perform(operation: TraceOperation): Observation {
    const result = this.#perform(operation);
    const outcome = typeof result === 'string' ? { res: result } : result;
    return { ...outcome, q: this.state() };
  }

  #perform(operation: TraceOperation): string | Omit<Observation, 'q'> {
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
        const link = this.#objects.links.get(operation.link);
        if (link === undefined || link.openFds === 0) return 'ENOENT';
        link.openFds++;
        return 'ok';
      }
      case 'link_close': {
        const link = this.#objects.links.get(operation.link);
        if (link === undefined || link.openFds === 0) return 'EBADF';
        link.openFds--;
        if (link.openFds === 0) this.#release(operation.link, link);
        return 'ok';
      }
      case 'link_info': {
        const program = this.#objects.programByFd(operation.link);
        if (program !== 'EBADF' && program !== 'EINVAL') return 'ok';
        const link = this.#objects.linkByFd(operation.link);
        if (typeof link === 'string') return link === 'EBADF' ? 'EBADFD' : link;
        return { res: 'ok', info: { prog: link.program, attached: link.on !== null } };
      }
      case 'clsact':
        this.clsact = operation.present;
        for (const on of traceHooks.tcx) this.#keep(on, this.#bundle(on));
        return 'ok';
      case 'target_remove':
        this.removed = true;
        for (const link of this.#objects.links.values()) link.on = null;
        return 'ok';
    }
  }

  #attach(operation: AttachOperation): string {
    const { on, flags, replace, rel, rev } = operation;
    if (flags.some((name) => !MPROG_FLAGS.includes(name))) return 'EINVAL';
    const program = this.#objects.ownTypeByFd(operation.prog);
    if (isErrno(program)) return program;
    if (this.removed) return 'ENODEV';
    const replacing = flags.includes('REPLACE');
    const old = replacing ? this.#objects.ownTypeByFd(replace) : 0;
    if (isErrno(old)) return old;
    const bundle = this.#bundle(on);
    const outcome = bundle.attach({
      program: programNumber(program),
      replace: old === 0 ? 0 : programNumber(old),
      before: flags.includes('BEFORE'),
      after: flags.includes('AFTER'),
      qualified: flags.includes('ID') || flags.includes('LINK'),
      relative: () => this.#relative(flags, rel, true) as number,
      expectedRevision: rev.value,
    });
    this.#keep(on, bundle);
    return resultOf(outcome);
  }

  #detach(operation: DetachOperation): string {
    const { on, prog, flags, rel, rev } = operation;
    if (flags.some((name) => !MPROG_FLAGS.includes(name))) return 'EINVAL';
    const program = prog === null ? null : this.#objects.ownTypeByFd(prog);
    if (program !== null && isErrno(program)) return program;
    if (this.removed) return 'ENODEV';
    const bundle = this.#bundles.get(on);
    if (bundle === undefined) return 'ENOENT';
    const outcome = bundle.detach({
      program: program === null ? 0 : programNumber(program),
      replace: flags.includes('REPLACE'),
      before: flags.includes('BEFORE'),
      after: flags.includes('AFTER'),
      qualified: flags.includes('ID') || flags.includes('LINK'),
      relative: () => this.#relative(flags, rel, program !== null) as number,
      expectedRevision: rev.value,
    });
    this.#keep(on, bundle);
    return resultOf(outcome);
  }

  #createLink(operation: LinkCreateOperation): string {
    const { on, prog, flags, rel, rev } = operation;
    const program = this.#objects.ownTypeByFd(prog);
    if (isErrno(program)) return program;
    if (this.removed) return 'ENODEV';
    const bundle = this.#bundle(on);
    const outcome = bundle.attach({
      program: programNumber(program),
      link: linkNumber(operation.as),
      replace: flags.includes('REPLACE') ? ABSENT : 0,
      before: flags.includes('BEFORE'),
      after: flags.includes('AFTER'),
      qualified: flags.some((name) => !['REPLACE', 'BEFORE', 'AFTER'].includes(name)),
      relative: () => this.#relative(flags, rel, true) as number,
      expectedRevision: rev.value,
    });
    this.#keep(on, bundle);
    if (typeof outcome === 'number') this.#objects.links.set(operation.as, { program, on, openFds: 1 });
    return resultOf(outcome);
  }

  #updateLink(operation: LinkUpdateOperation): string {
    const { flags, prog, old } = operation;
    if (flags.some((name) => name !== 'REPLACE')) return 'EINVAL';
    const link = this.#objects.linkByFd(operation.link);
    if (typeof link === 'string') return link;
    const program = this.#objects.programByFd(prog);
    if (isErrno(program)) return program;
    if (flags.includes('REPLACE')) {
      const expected = this.#objects.programByFd(old);
      if (isErrno(expected)) return expected;
      if (link.on === null) return 'ENOLINK';
      if (expected !== link.program) return 'EPERM';
    } else if (old !== null) return 'EINVAL';
    if (link.on === null) return 'ENOLINK';
    if (program === link.program) return 'ok';
    const bundle = this.#bundle(link.on);
    if (bundle.programs.includes(programNumber(program))) return 'EEXIST';
    if (program === 'x0') return 'EINVAL';
    bundle.programs[bundle.owners.indexOf(linkNumber(operation.link))] = programNumber(program);
    bundle.revision++;
    link.program = program;
    return 'ok';
  }

  #query(operation: QueryOperation): string | Omit<Observation, 'q'> {
    if (operation.queryFlags > 1) return 'EINVAL';
    if (this.removed) return 'ENODEV';
    if (operation.queryFlags !== 0 || operation.attachFlags !== 0) return 'EINVAL';
    const { revision, programs, owners } = this.#bundle(operation.on);
    const wanted = operation.ids ? operation.count : 0;
    const out = {
      count: programs.length,
      rev: revision,
      attachFlags: 0,
      ids: operation.ids ? programs.slice(0, wanted).map(programName) : null,
      progFlags: operation.progFlags ? programs.slice(0, wanted).map(() => 0) : null,
      links: owners.slice(0, wanted).map(linkName),
    };
    return { res: wanted > 0 && wanted < programs.length ? 'ENOSPC' : 'ok', out };
  }

  /** The bundle of a hook, or the one that an attempt to attach makes. */
  #bundle(on: string): PlainArrayModel {
    return this.#bundles.get(on) ?? new PlainArrayModel(CAPACITY);
  }

  /** A bundle lives while it has programs or the device has clsact. */
  #keep(on: string, bundle: PlainArrayModel): void {
    if (bundle.programs.length > 0 || this.clsact) this.#bundles.set(on, bundle);
    else this.#bundles.delete(on);
  }

  #release(name: Handle, link: ModelLink): void {
    if (link.on === null) return;
    const bundle = this.#bundle(link.on);
    const outcome = bundle.detach({ program: programNumber(link.program), link: linkNumber(name) });
    if (typeof outcome === 'string') throw new Error(`the model can't release ${name}: ${outcome}`);
    this.#keep(link.on, bundle);
    link.on = null;
  }

  #relative(flags: readonly string[], rel: TraceRelative | null, typed: boolean): number | string {
    const ref = rel !== null && 'ref' in rel ? rel.ref : rel?.kind === 'none' ? null : (rel?.kind ?? null);
    const byId = flags.includes('ID');
    if (flags.includes('LINK')) {
      if (byId) return ref !== null && this.#objects.isAlive(ref) ? -linkNumber(ref) : 'ENOENT';
      if (ref === null) return 'EINVAL';
      const link = this.#objects.linkByFd(ref);
      return typeof link === 'string' ? link : -linkNumber(ref);
    }
    if (byId) {
      if (ref === null || ref === 'bogus') return 'ENOENT';
      return typed && ref === 'x0' ? 'EINVAL' : programNumber(ref);
    }
    if (ref === null) return 0;
    const program = typed ? this.#objects.ownTypeByFd(ref) : this.#objects.programByFd(ref);
    return isErrno(program) ? program : programNumber(program);
  }
}

function resultOf(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : 'ok';
}

/** Programs and links as the numbers of the array model, from 1. */
function programNumber(name: Handle): number {
  return name === 'x0' ? 1_000_000 : Number(name.slice(1)) + 1;
}

function programName(number: number): Handle {
  return `p${number - 1}`;
}

function linkNumber(name: Handle): number {
  return Number(name.slice(1)) + 1;
}

function linkName(number: number | undefined): Handle | null {
  return number === undefined || number === 0 ? null : `l${number - 1}`;
}
