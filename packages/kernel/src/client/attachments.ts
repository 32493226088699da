import type { Anchor } from '@mprog/core';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { attachTypeOf, describeHook, type KernelHook, targetOf } from './hook.js';
import { check } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';
import { placementOf, type RawPlacement } from './placement.js';
import { type QueryResult, queryChain } from './query.js';
import type { ObjectReference } from './reference.js';
import { writeRevision } from './revision.js';

/** How a change is placed and guarded. */
export interface ChangeOptions {
  /** Where to stand; at the end when there are none. */
  readonly anchors?: readonly Anchor<ObjectReference>[];
  /** Revision that the chain must have (`ESTALE` otherwise); 0 or none: whatever it is. */
  readonly expectedRevision?: number | bigint;
}

/** What a detach removes, and how it is guarded. */
export interface DetachOptions extends ChangeOptions {
  /** fd of the program that goes; without it the anchors name a position. */
  readonly programFd?: number;
}

/** Programs on hooks without a link: attach, detach, query (spec 4 to 8). */
export class Attachments {
  readonly #calls: ObjectCalls;

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  /**
   * Attaches a program to a hook, which then holds a reference to it.
   *
   * A tcx attach waits some 8 ms; a replace does not wait at all.
   *
   * @param programFd fd of the program
   * @throws KernelError `ESTALE`, `EEXIST`, `ENOENT`, `EBUSY`, `ERANGE`, `EINVAL`, `EBADF`, `ENODEV` in the order of spec 4.1
   * @example
   * kernel.attachments.attach(tcx('ingress', 4), program.fd, { anchors: [before(programId(97))], expectedRevision: 3 });
   */
  attach(hook: KernelHook, programFd: number, options: ChangeOptions = {}): void {
    this.#placed(options.anchors, (placement) => {
      check(
        this.tryAttach(hook, programFd, placement, options.expectedRevision),
        () => `attach to ${describeHook(hook)}`,
        (name) => reasons[name],
      );
    });
  }

  /** Attaches with the kernel's raw flags; returns 0 or the negated error number. */
  tryAttach(
    hook: KernelHook,
    programFd: number,
    placement: RawPlacement,
    expectedRevision: number | bigint = 0,
  ): number {
    this.#write(hook, programFd, placement, expectedRevision);
    return this.#calls.call(command.PROG_ATTACH, attr.progAttach.end);
  }

  /** Does what `attach` does off the event loop. */
  async attachLater(hook: KernelHook, programFd: number, options: ChangeOptions = {}): Promise<void> {
    const result = this.#placed(options.anchors, (placement) => {
      this.#write(hook, programFd, placement, options.expectedRevision ?? 0);
      return this.#later(command.PROG_ATTACH);
    });
    check(
      await result,
      () => `attach to ${describeHook(hook)}`,
      (name) => reasons[name],
    );
  }

  /**
   * Detaches one program: the named one, or the one at the position that the anchors name (spec 5.2).
   *
   * @throws KernelError `ESTALE`, `ENOENT`, `EBUSY` for an attachment that a link owns, `ERANGE`, `EINVAL`, `EPERM`
   */
  detach(hook: KernelHook, options: DetachOptions = {}): void {
    this.#placed(options.anchors, (placement) => {
      check(
        this.tryDetach(hook, options.programFd ?? 0, placement, options.expectedRevision),
        () => `detach from ${describeHook(hook)}`,
        (name) => detachReasons[name] ?? reasons[name],
      );
    });
  }

  /** Detaches with the kernel's raw flags; returns 0 or the negated error number. */
  tryDetach(
    hook: KernelHook,
    programFd: number,
    placement: RawPlacement,
    expectedRevision: number | bigint = 0,
  ): number {
    this.#write(hook, programFd, placement, expectedRevision);
    return this.#calls.call(command.PROG_DETACH, attr.progAttach.end);
  }

  /** Does what `detach` does off the event loop. */
  async detachLater(hook: KernelHook, options: DetachOptions = {}): Promise<void> {
    const result = this.#placed(options.anchors, (placement) => {
      this.#write(hook, options.programFd ?? 0, placement, options.expectedRevision ?? 0);
      return this.#later(command.PROG_DETACH);
    });
    const name = () => `detach from ${describeHook(hook)}`;
    check(await result, name, (code) => detachReasons[code] ?? reasons[code]);
  }

  /**
   * Reads a chain whole, in run order; a hook that nothing ever used has revision 1 and no attachments (spec 6).
   *
   * @throws KernelError `EPERM` without CAP_NET_ADMIN, `ENODEV`
   */
  query(hook: KernelHook): QueryResult {
    const { systemCall, memory } = this.#calls;
    return queryChain(
      systemCall,
      memory,
      targetOf(hook),
      attachTypeOf(hook),
      () => `query ${describeHook(hook)}`,
    );
  }

  #placed<Result>(anchors: ChangeOptions['anchors'], action: (placement: RawPlacement) => Result): Result {
    const opened: Disposable[] = [];
    try {
      return action(
        placementOf(anchors ?? [], (id) => {
          const program = this.#calls.open('program', id);
          opened.push(program);
          return program.fd;
        }),
      );
    } finally {
      for (const program of opened) program[Symbol.dispose]();
    }
  }

  #write(hook: KernelHook, programFd: number, placement: RawPlacement, revision: number | bigint): void {
    const { memory } = this.#calls;
    const layout = attr.progAttach;
    memory.setField(layout.target, targetOf(hook));
    memory.setField(layout.programFd, programFd);
    memory.setField(layout.attachType, attachTypeOf(hook));
    memory.setField(layout.flags, placement.flags);
    memory.setField(layout.replaceFd, placement.replaceFd);
    memory.setField(layout.relative, placement.relative);
    writeRevision(memory, layout.expectedRevision, revision);
  }

  #later(number: number): Promise<number> {
    return this.#calls.systemCall.bpfLater(number, this.#calls.memory.attrAddress, attr.progAttach.end);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'the program is attached to this hook already, directly or through a link',
  ENOENT: 'the program or link to stand beside or to replace is not attached here',
  EBUSY: 'the attachment belongs to a link; change it through that link',
  ERANGE: 'no position satisfies all directives, or the hook is full',
  EINVAL: 'the directives do not go together, or the program is of another type than this hook takes',
};

const detachReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such program is attached here',
  EBUSY: 'the attachment belongs to a link; detach it through that link',
  ERANGE: 'the program does not stand where the directives say',
  EPERM: 'detaching by position needs CAP_NET_ADMIN; with the fd of the program it needs no capability',
};
