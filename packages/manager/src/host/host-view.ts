import { MprogError } from '@mprog/core';
import {
  cgroupAttachTypeName,
  isErrno,
  type LinkInfo,
  type ProgramInfo,
  programTypeName,
} from '@mprog/kernel';
import type { Context } from '../context.js';
import { type Claims, claimsOf, type HookKey, type PinnedObject } from '../journal/claims.js';
import { isOurPin, isOwningPin } from './bpffs.js';
import type { Entry, HookReading } from './chain.js';
import { type LinkWalk, walkLinks } from './link-walk.js';
import { type EntryOwner, matchLinks } from './match-links.js';
import { type PinIndex, readPins } from './pin-index.js';
import type { AttachmentState, ProgramState } from './state.js';

interface KnownProgram {
  readonly info: ProgramInfo | null;
  fullName: string | null | undefined;
}

const nothing: Claims = {
  pinned: () => false,
  loaded: () => false,
  made: () => false,
  attached: () => false,
};

/**
 * What one command sees of the host: pins, programs and the journal, each read at most once, and what could not be read.
 *
 * It is as old as its first look, so a command that acts makes another one afterwards.
 */
export class HostView {
  readonly #context: Context;
  readonly #problems: Set<string> = new Set();
  readonly #programs: Map<number, KnownProgram> = new Map();
  #mounts: readonly string[] | undefined;
  #pins: PinIndex | undefined;
  #links: LinkWalk | undefined;
  #claims: Claims | undefined;
  #journalIsWhole = true;

  constructor(context: Context) {
    this.#context = context;
  }

  /** What could not be read so far, a sentence each. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  report(problem: string): void {
    this.#problems.add(problem);
  }

  get pins(): PinIndex {
    this.#pins ??= readPins(this.#context.kernel, (problem) => this.report(problem));
    return this.#pins;
  }

  get claims(): Claims {
    this.#claims ??= this.#readClaims();
    return this.#claims;
  }

  /** A program by its id, with nulls for what may not be read. */
  program(id: number, fullName = false): ProgramState {
    const { info } = this.#read(id);
    const state = {
      id,
      type: info === null ? null : programTypeName(info.type),
      name: info?.name ?? null,
      tag: info?.tag ?? null,
      pins: this.pins.program(id),
    };
    return fullName ? { ...state, fullName: this.fullName(id) } : state;
  }

  /** Number of a program's type, or null when it may not be read. */
  programType(id: number): number | null {
    return this.#read(id).info?.type ?? null;
  }

  /** Whole name of a program's function, or null when it has none or may not be read. */
  fullName(id: number): string | null {
    const known = this.#read(id);
    if (known.fullName === undefined) {
      known.fullName = this.#withProgram(id, (fd) => this.#context.kernel.programs.fullName(fd));
    }
    return known.fullName;
  }

  /** The members of a chain as the inventory shows them. */
  attachments(hook: HookKey, chain: readonly Entry[], fullNames = false): readonly AttachmentState[] {
    return chain.map(({ programId, linkId }, index) => {
      const owner: EntryOwner = linkId ? { kind: 'link', id: linkId } : { kind: 'direct' };
      return this.#attachment(hook, programId, owner, index, fullNames);
    });
  }

  /** The entries of a cgroup's list, with the links that are found for them (spec 10.7). */
  cgroupAttachments(
    hook: HookKey & { readonly cgroupId: string },
    { entries, mode }: HookReading,
    fullNames = false,
  ): readonly AttachmentState[] {
    const programs = entries.map(({ programId }) => programId);
    // Links are always in mode multi (spec 10.1).
    const shared = mode === 'multi' && entries.length > 0;
    if (shared && !this.linkWalk.whole) {
      this.report('whether links own attachments of cgroups is not known for all: that needs CAP_SYS_ADMIN');
    }
    const links = shared ? this.#linksOf(hook.cgroupId, hook.direction) : [];
    const owners = matchLinks(programs, links, !shared || this.linkWalk.whole);
    return programs.map((id, index) => this.#attachment(hook, id, owners[index]!, index, fullNames));
  }

  /** Every link of the host, or without CAP_SYS_ADMIN those that are pinned. */
  get linkWalk(): LinkWalk {
    this.#links ??= walkLinks(this.#context, this.pins);
    return this.#links;
  }

  /** Makes the next look at links a fresh one. */
  forgetLinks(): void {
    this.#links = undefined;
  }

  /** Ids of the links that may own an entry of a program in a cgroup's list. */
  linksOf(cgroupId: string, direction: string, program: number): readonly number[] {
    return this.#linksOf(cgroupId, direction)
      .filter(({ programId }) => programId === program)
      .map(({ id }) => id);
  }

  #linksOf(cgroupId: string, direction: string): readonly LinkInfo[] {
    const { links } = this.linkWalk;
    return links.filter(
      (link) => link.cgroupId === cgroupId && cgroupAttachTypeName(link.attachType) === direction,
    );
  }

  #attachment(
    hook: HookKey,
    programId: number,
    owner: EntryOwner,
    index: number,
    fullNames: boolean,
  ): AttachmentState {
    const state = {
      position: index + 1,
      program: this.program(programId, fullNames),
      link: owner.kind === 'link' ? { id: owner.id, pins: this.pins.link(owner.id) } : null,
      ours: this.#isOurs(hook, programId, owner),
    };
    return owner.kind === 'unknown' ? { ...state, linkUnknown: true } : state;
  }

  /** Whether the pin of an object is ours: below `mprog/` of a bpffs, or made by mprog. */
  ownsPin(path: string, object: PinnedObject): boolean {
    return this.#isOurPin(path) || this.claims.pinned(path, object);
  }

  /** Whether a link is ours; null when that can't be told. */
  ownsLink(id: number, programId: number): boolean | null {
    const linkPins = this.pins.link(id);
    const pinned = linkPins?.some((path) => this.#isOwningPin(path)) ?? false;
    if (pinned || this.claims.made(id)) return true;
    const program = this.ownsProgram(programId);
    return program === false && linkPins === null ? null : program;
  }

  /** Whether a program is ours; null when that can't be told. */
  ownsProgram(id: number): boolean | null {
    const pins = this.pins.program(id);
    if (pins?.some((path) => this.#isOwningPin(path)) || this.claims.loaded(id)) return true;
    return pins === null || !this.#journalIsWhole ? null : false;
  }

  #isOurPin(path: string): boolean {
    return isOurPin(this.#bpffs, path);
  }

  #isOwningPin(path: string): boolean {
    return isOwningPin(this.#bpffs, path);
  }

  get #bpffs(): readonly string[] {
    this.#mounts ??= this.#context.world.pins.mounts();
    return this.#mounts;
  }

  #isOurs(hook: HookKey, programId: number, owner: EntryOwner): boolean | null {
    if (owner.kind === 'link') return this.ownsLink(owner.id, programId);
    if (owner.kind === 'direct') return this.claims.attached(hook, programId) || this.ownsProgram(programId);
    return this.ownsProgram(programId) === true ? true : null;
  }

  #read(id: number): KnownProgram {
    let known = this.#programs.get(id);
    if (known === undefined) {
      const info = this.#withProgram(id, (fd) => this.#context.kernel.programs.info(fd));
      known = { info, fullName: undefined };
      this.#programs.set(id, known);
    }
    return known;
  }

  /** Runs an action on a program, opened by its id or, without the right to do that, through a pin; null for neither. */
  #withProgram<Result>(id: number, action: (fd: number) => Result): Result | null {
    const { kernel } = this.#context;
    try {
      const program = kernel.programs.open(id);
      // What stands for `using` in this version of JavaScript allocates, and a listing comes here thousands of times.
      try {
        return action(program.fd);
      } finally {
        program.close();
      }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return null;
      if (!isErrno(error, 'EPERM')) throw error;
    }
    for (const path of this.pins.program(id) ?? []) {
      try {
        using pinned = kernel.pins.open(path);
        if (pinned.kind === 'program' && kernel.programs.info(pinned.fd).id === id) return action(pinned.fd);
      } catch (error) {
        if (!MprogError.is(error)) throw error;
      }
    }
    this.report('types, names and tags of some programs are unknown: opening them by id needs CAP_SYS_ADMIN');
    return null;
  }

  #readClaims(): Claims {
    try {
      return claimsOf(this.#context.journal.read());
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      this.#journalIsWhole = false;
      this.report(`what is ours is known from pins alone: ${error.message}`);
      return nothing;
    }
  }
}
