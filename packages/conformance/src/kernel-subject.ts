import { MprogError } from '@mprog/core';
import {
  attachTypeOf,
  errno,
  errnoName,
  Kernel,
  type KernelHook,
  type Laboratory,
  type LinkInfo,
  type RawPlacement,
  targetOf,
} from '@mprog/kernel';
import { type RawQueryResult, rawQuery } from './raw-query.js';
import {
  type Handle,
  type HookState,
  type LinkCreateOperation,
  type Observation,
  type QueryOperation,
  type QueryOutput,
  type TraceFlag,
  type TraceLayer,
  type TraceOperation,
  type TraceRelative,
  type TraceState,
  traceFlag,
  traceHooks,
} from './trace.js';
import { TraceObjects } from './trace-objects.js';
import type { TraceSubject } from './trace-subject.js';

/** How long somebody else may hold a link that has no fd of ours. */
const OTHERS_HOLD_MILLISECONDS = 2000;

/** What an operation led to, without the state after it. */
export type Outcome = Omit<Observation, 'q'>;

/**
 * What the subjects of all layers do alike: a laboratory with the programs of a trace, on which its operations are done
 * through the client.
 */
export abstract class KernelSubject implements TraceSubject, Disposable {
  protected readonly laboratory: Laboratory;
  protected readonly kernel: Kernel;
  protected readonly objects: TraceObjects;
  readonly #layer: TraceLayer;

  constructor(laboratory: Laboratory, layer: TraceLayer) {
    this.laboratory = laboratory;
    this.kernel = new Kernel(laboratory.host);
    this.objects = new TraceObjects(this.kernel);
    this.#layer = layer;
  }

  /** The hook that a trace calls by a name. */
  protected abstract hook(on: string): KernelHook;
  /** A hook at this moment; what refuses to be read is thrown. */
  protected abstract readHook(on: string): HookState;
  /** Removes what the hooks are on; throws what keeps it from going. */
  protected abstract removeTarget(): void;
  /** Whether a link has a target. */
  protected abstract isAttached(info: LinkInfo): boolean;
  /** What a query wrote for links, where the layer has any. */
  protected abstract linkOutput(answer: RawQueryResult): Pick<QueryOutput, 'links'>;
  /** Puts clsact on the target or takes it off. */
  protected abstract setClsact(present: boolean): void;

  state(): TraceState {
    return Object.fromEntries(traceHooks[this.#layer].map((on) => [on, this.#hookState(on)]));
  }

  perform(operation: TraceOperation): Observation {
    return { ...this.#outcome(operation), q: this.state() };
  }

  #outcome(operation: TraceOperation): Outcome {
    const { attachments, links } = this.kernel;
    const { objects } = this;
    switch (operation.op) {
      case 'attach': {
        const { on, prog, rel, rev, flags, replace } = operation;
        const placement = this.#placement(flags, rel, objects.fd(replace));
        return result(attachments.tryAttach(this.hook(on), objects.fd(prog), placement, rev.value));
      }
      case 'detach': {
        const { on, prog, rel, rev, flags } = operation;
        const placement = this.#placement(flags, rel, 0);
        return result(attachments.tryDetach(this.hook(on), objects.fd(prog), placement, rev.value));
      }
      case 'link_create':
        return this.#createLink(operation);
      case 'link_update': {
        const { link, prog, flags, old } = operation;
        return result(links.tryUpdate(objects.fd(link), objects.fd(prog), mask(flags), objects.fd(old)));
      }
      case 'link_detach':
        return result(links.tryDetach(objects.fd(operation.link)));
      case 'link_open':
        return attempt(() => objects.openLink(operation.link));
      case 'link_close':
        return result(this.#closeLink(operation.link));
      case 'link_info':
        return this.#linkInfo(operation.link);
      case 'query':
        return this.#query(operation);
      case 'clsact':
        return attempt(() => this.setClsact(operation.present));
      case 'target_remove':
        return attempt(() => this.removeTarget());
    }
  }

  #createLink(operation: LinkCreateOperation): Outcome {
    const { on, prog, rel, rev, flags, as } = operation;
    const placement = this.#placement(flags, rel, 0);
    const fd = this.kernel.links.tryCreate(this.hook(on), this.objects.fd(prog), placement, rev.value);
    if (fd >= 0) this.objects.addLink(as, fd);
    return result(fd);
  }

  /**
   * Whoever walks the links of a machine holds each for a moment, and a link leaves its hook when the last lets go. That a
   * link which nobody holds is off its hook when close returns is not waited for, but compared.
   */
  #closeLink(name: Handle): number {
    const { links } = this.kernel;
    const id = this.objects.endingId(name);
    const attached = id !== null && this.isAttached(links.info(this.objects.fd(name)));
    const before = attached ? JSON.stringify(this.state()) : '';
    const answer = this.objects.closeLink(name);
    if (attached && links.has(id)) {
      const deadline = performance.now() + OTHERS_HOLD_MILLISECONDS;
      while (JSON.stringify(this.state()) === before && performance.now() < deadline);
    }
    return answer;
  }

  #linkInfo(link: Handle): Outcome {
    return attempt(() => {
      const info = this.kernel.links.info(this.objects.fd(link));
      if (!link.startsWith('l')) return {};
      return { info: { prog: this.objects.programName(info.programId), attached: this.isAttached(info) } };
    });
  }

  #query(operation: QueryOperation): Outcome {
    const hook = this.hook(operation.on);
    const answer = rawQuery(this.kernel.host.systemCall, {
      target: targetOf(hook),
      attachType: attachTypeOf(hook),
      count: operation.count,
      queryFlags: operation.queryFlags,
      attachFlags: operation.attachFlags,
      programIds: operation.ids,
      programFlags: operation.progFlags,
    });
    if (answer.result < 0 && answer.result !== -errno.ENOSPC) return result(answer.result);
    const out: QueryOutput = {
      count: answer.count,
      rev: answer.revision,
      attachFlags: answer.attachFlags,
      ids: answer.programIds?.map((id) => this.objects.programName(id)) ?? null,
      progFlags: answer.programFlags,
      ...this.linkOutput(answer),
    };
    return { ...result(answer.result), out };
  }

  #hookState(on: string): HookState {
    try {
      return this.readHook(on);
    } catch (error) {
      return { err: refusal(error) };
    }
  }

  #placement(flags: readonly TraceFlag[], rel: TraceRelative | null, replaceFd: number): RawPlacement {
    return { flags: mask(flags), relative: this.objects.relative(rel), replaceFd };
  }

  /** Loads the programs `p0` …, all of one type, and `x0` of another one, and opens a file that is no BPF object. */
  protected loadPrograms(count: number, programs: VerdictProgram, other: VerdictProgram): void {
    for (let i = 0; i < count; i++) this.#load(`p${i}`, programs);
    this.#load('x0', other);
    this.objects.addFile(this.laboratory.openFile());
  }

  #load(name: string, { value, ...options }: VerdictProgram): void {
    this.objects.addProgram(name, this.laboratory.loadVerdict(value, { name, ...options }));
  }

  /** Closes every fd and removes the targets, so that the laboratory can serve another trace. */
  abstract close(): void;

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A program of a trace: what it returns, and its type. */
export interface VerdictProgram {
  readonly value: number;
  readonly type?: number;
}

function mask(flags: readonly TraceFlag[]): number {
  return flags.reduce((bits, name) => bits | traceFlag[name], 0);
}

function result(number: number): Outcome {
  return { res: number >= 0 ? 'ok' : errnoName(-number) };
}

function attempt(action: () => Omit<Outcome, 'res'> | void): Outcome {
  try {
    return { res: 'ok', ...action() };
  } catch (error) {
    return { res: refusal(error) };
  }
}

/** The errno that an error stands for; what is no answer of a kernel is thrown on. */
function refusal(error: unknown): string {
  if (MprogError.is(error) && error.code in errno) return error.code;
  throw error;
}
