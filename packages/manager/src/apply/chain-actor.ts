import { type Anchor, MprogError, replace } from '@mprog/core';
import { type CgroupOptions, isErrno, type KernelHook, type ObjectReference, programFd } from '@mprog/kernel';
import type { Context } from '../context.js';
import { type Chain, type HookReading, queryHook } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { Place } from '../host/place.js';
import { refusal } from '../manager-error.js';
import { LinkPins } from '../pins/link-pins.js';
import type { Entry } from '../planner/problem.js';
import { openLink } from '../resolve/resolve-link.js';
import { openProgram } from '../resolve/resolve-program.js';
import { anchorsAt } from './anchors-at.js';
import type { PlanPrograms } from './plan-programs.js';
import { placesWithout, withTold } from './untold-places.js';

/** What an actor works on. */
export interface ActorOptions {
  readonly context: Context;
  readonly view: HostView;
  readonly hook: FoundHook;
  /** The chain as it was read. */
  readonly chain: Pick<Chain, 'revision' | 'mode'>;
  /** What is behind each member of the chain. */
  readonly places: readonly Place[];
  readonly programs: PlanPrograms;
  pinOf(key: string): string;
  /** Verb and object, for messages. */
  readonly operation: string;
}

/** What the kernel may answer when the chain is not the one that a request was made for. */
const maybeStale = ['ESTALE', 'ENOENT', 'EEXIST', 'EBUSY', 'ERANGE', 'EPERM', 'E2BIG', 'ENOLINK'] as const;

/**
 * Carries out single steps on one chain, each under the guard of the revision that the one before left, and looks after
 * each whether the chain is what it should be.
 *
 * Every method throws an `MprogError` with code `ESTALE` when somebody else changed the chain; what was done stays done.
 */
export class ChainActor {
  readonly #options: ActorOptions;
  readonly #pins: LinkPins;
  readonly #notes: string[] = [];
  #isTouched = false;
  #places: readonly Place[];
  #revision: number;

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#places = options.places;
    this.#revision = options.chain.revision;
    this.#pins = new LinkPins(options.context, options.pinOf, options.operation);
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** Whether anything of the chain was changed. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  /** Sentences for people: what was not as it should be and did no harm. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Makes sure that the chain is still the one that was read. */
  requireUnchanged(): void {
    const found = this.#query();
    if (found.revision !== this.#revision || !this.#isAsExpected(found)) throw this.#stale();
  }

  /** Does for the pins what a change that was cut off did not come to. */
  settle(left: readonly string[]): void {
    for (const path of left) this.#pins.sweep(path);
    this.#settlePins();
  }

  /** Attaches a program, or its stand-in, so that it has the given index. */
  insert(index: number, entry: Entry): void {
    const { programs } = this.#options;
    const { fd, id } = entry.standIn ? programs.standIn(entry.key) : programs.program(entry.key);
    const place = {
      slot: entry.slot,
      kind: entry.kind,
      key: entry.key,
      own: true,
      preorder: false,
      untold: false,
    };
    if (entry.kind === 'direct') {
      this.#tryAnchors(index, entry, (hook, anchors) =>
        this.#kernel.attachments.attach(hook, fd, { anchors, expectedRevision: this.#expected }),
      );
      this.#put(index, 0, { ...place, program: id, link: null, pin: null });
      this.#verify();
      return;
    }
    // Closing the only fd of the link detaches it, so a failure up to its pin leaves nothing behind.
    using link = this.#tryAnchors(index, entry, (hook, anchors) =>
      this.#kernel.links.create(hook, fd, { anchors, expectedRevision: this.#expected }),
    );
    const { id: linkNumber } = this.#kernel.links.info(link.fd);
    const pin = this.#pins.pin(link.fd, entry.key, this.#places);
    this.#put(index, 0, { ...place, program: id, link: linkNumber, pin });
    this.#verify();
  }

  /**
   * Takes what is in a place off the hook, and the pins of ours of its link. Where that place could not be told it may have
   * been another one of the same program; the rest of those stand in the same order then, somewhere else.
   */
  remove(slot: string): void {
    const { context, view, operation } = this.#options;
    const index = this.#places.findIndex((place) => place.slot === slot);
    const place = this.#places[index];
    if (place === undefined) throw this.#stale();
    if (place.link === null) {
      using program = openProgram(context, view, place.program, operation);
      this.#act((hook) =>
        this.#kernel.attachments.detach(hook, {
          programFd: program.fd,
          expectedRevision: this.#revision,
        }),
      );
    } else {
      // Detaching a link carries no revision.
      this.requireUnchanged();
      using link = openLink(context, view, place.link, operation);
      this.#kernel.links.detach(link.fd);
      this.#notes.push(...this.#pins.remove(place, view));
    }
    this.#verifyOneOf(placesWithout(this.#places, index));
    this.#settlePins();
  }

  /** Makes sure that the places are those of a state of the plan; they may not be after one that could not be told went. */
  requireSlots(state: readonly Pick<Entry, 'slot'>[]): void {
    if (state.some(({ slot }, index) => this.#places[index]?.slot !== slot)) throw this.#stale();
  }

  /** Gives the place at an index another program, without a moment in which neither is there. */
  replace(index: number, entry: Entry): void {
    const { context, view, operation, programs, chain } = this.#options;
    const place = this.#places[index]!;
    const { fd, id } = entry.standIn ? programs.standIn(entry.key) : programs.program(entry.key);
    using old = openProgram(context, view, place.program, operation);
    if (place.link === null) {
      const cgroup: CgroupOptions = chain.mode === null ? {} : { mode: chain.mode, preorder: place.preorder };
      // In the other modes a cgroup has one program, whose place every attach takes (spec 10.3).
      const anchors = (chain.mode ?? 'multi') === 'multi' ? [replace(programFd(old.fd))] : [];
      this.#act((hook) =>
        this.#kernel.attachments.attach(hook, fd, {
          anchors,
          expectedRevision: this.#revision,
          ...cgroup,
        }),
      );
    } else {
      this.requireUnchanged();
      using link = openLink(context, view, place.link, operation);
      this.#act(() => this.#kernel.links.update(link.fd, fd, { oldProgramFd: old.fd }));
    }
    this.#put(index, 1, { ...place, key: entry.key, program: id, untold: false });
    this.#verify();
    this.#settlePins();
  }

  #settlePins(): void {
    this.#pins.settle(this.#places, (places) => {
      this.#places = places;
    });
  }

  get #kernel(): Context['kernel'] {
    return this.#options.context.kernel;
  }

  /** A netkit hook without programs reports revision 1 whatever it is (spec 9.3). */
  get #expected(): number {
    return this.#options.hook.layer === 'netkit' && this.#places.length === 0 ? 0 : this.#revision;
  }

  #put(index: number, removed: 0 | 1, ...added: readonly Place[]): void {
    this.#become(this.#places.toSpliced(index, removed, ...added));
  }

  #become(places: readonly Place[]): void {
    this.#places = withTold(places);
    this.#isTouched = true;
  }

  #query(): HookReading {
    const { context, hook } = this.#options;
    return queryHook(context, hook);
  }

  #verify(): void {
    this.#verifyOneOf([this.#places]);
  }

  /** Makes sure that the chain is one of those that it may be by now. */
  #verifyOneOf(expected: readonly (readonly Place[])[]): void {
    this.#become(expected[0]!);
    const found = this.#query();
    const places = expected.find((each) => isChainOf(found, each));
    if (places === undefined) throw this.#stale();
    this.#become(places);
    this.#revision = found.revision;
  }

  #isAsExpected(found: HookReading): boolean {
    return isChainOf(found, this.#places);
  }

  #act<Result>(action: (hook: KernelHook) => Result): Result {
    try {
      return this.#options.hook.use(action);
    } catch (error) {
      throw this.staleIfChanged(error);
    }
  }

  /** Says the place in each way that the layer knows, until one is taken. */
  #tryAnchors<Result>(
    index: number,
    { kind }: Entry,
    action: (hook: KernelHook, anchors: readonly Anchor<ObjectReference>[]) => Result,
  ): Result {
    const ways = anchorsAt(index, this.#places, this.#options.hook.layer === 'cgroup' ? kind : null);
    for (const [way, anchors] of ways.entries()) {
      try {
        return this.#act((hook) => action(hook, anchors));
      } catch (error) {
        // The neighbour has another PREORDER bit (spec 10.3.1 #4); the one on the other side may not.
        if (!isErrno(error, 'EINVAL') || way === ways.length - 1) throw error;
      }
    }
    throw refusal('EINVAL', this.#options.operation, 'no neighbour can name the place', {
      remedy: 'on a cgroup links stand beside links alone, and what is attached directly beside its like',
    });
  }

  /** What an error means: `ESTALE` for one that comes of the chain being another one by now. */
  staleIfChanged(error: unknown): unknown {
    if (!MprogError.is(error) || !maybeStale.some((code) => isErrno(error, code))) return error;
    if (isErrno(error, 'ESTALE')) return this.#stale(error);
    return this.#isAsExpected(this.#query()) && !isErrno(error, 'ENOLINK') ? error : this.#stale(error);
  }

  #stale(cause?: unknown): Error {
    return refusal('ESTALE', this.#options.operation, 'somebody changed the chain since it was read', {
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function isChainOf({ entries }: HookReading, places: readonly Place[]): boolean {
  return (
    entries.length === places.length &&
    entries.every(({ programId, linkId }, index) => {
      const place = places[index]!;
      return place.program === programId && (linkId === null || linkId === (place.link ?? 0));
    })
  );
}
