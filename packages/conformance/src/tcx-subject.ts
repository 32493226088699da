import { MprogError } from '@mprog/core';
import {
  attachTypeOf,
  errno,
  errnoName,
  Kernel,
  type KernelHook,
  type Laboratory,
  programType,
  type RawPlacement,
  targetOf,
  tcx,
  verdict,
} from '@mprog/kernel';
import { rawQuery } from './raw-query.js';
import {
  type Handle,
  type HookState,
  type LinkCreateOperation,
  type Observation,
  type QueryOperation,
  type QueryOutput,
  type TraceFlag,
  type TraceOperation,
  type TraceRelative,
  type TraceState,
  traceFlag,
  traceHooks,
} from './trace.js';
import { TraceObjects } from './trace-objects.js';
import type { TraceSubject } from './trace-subject.js';

type Outcome = Omit<Observation, 'q'>;

/** A fresh device of a laboratory with the programs of a tcx trace, on which its operations are done. */
export class TcxSubject implements TraceSubject, Disposable {
  readonly #laboratory: Laboratory;
  readonly #kernel: Kernel;
  readonly #objects: TraceObjects;
  readonly #ifindex: number;
  #removed = false;

  /** @param programs number of programs `p0` … */
  constructor(laboratory: Laboratory, programs: number) {
    this.#laboratory = laboratory;
    this.#kernel = new Kernel(laboratory.host);
    this.#objects = new TraceObjects(this.#kernel);
    try {
      for (let i = 0; i < programs; i++) {
        this.#objects.addProgram(`p${i}`, laboratory.loadVerdict(verdict.NEXT, { name: `p${i}` }));
      }
      this.#objects.addProgram('x0', laboratory.loadVerdict(2, { name: 'x0', type: programType.XDP }));
      this.#objects.addFile(laboratory.openFile());
      this.#ifindex = laboratory.addDevice();
    } catch (error) {
      this.#objects.close();
      throw error;
    }
  }

  state(): TraceState {
    return Object.fromEntries(traceHooks.tcx.map((on) => [on, this.#hookState(on)]));
  }

  perform(operation: TraceOperation): Observation {
    return { ...this.#outcome(operation), q: this.state() };
  }

  #outcome(operation: TraceOperation): Outcome {
    const { attachments, links } = this.#kernel;
    const objects = this.#objects;
    switch (operation.op) {
      case 'attach': {
        const { on, prog, rel, rev, flags, replace } = operation;
        const placement = this.#placement(flags, rel, objects.fd(replace));
        return result(attachments.tryAttach(this.#hook(on), objects.fd(prog), placement, rev.value));
      }
      case 'detach': {
        const { on, prog, rel, rev, flags } = operation;
        const placement = this.#placement(flags, rel, 0);
        return result(attachments.tryDetach(this.#hook(on), objects.fd(prog), placement, rev.value));
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
        return result(objects.closeLink(operation.link));
      case 'link_info':
        return this.#linkInfo(operation.link);
      case 'query':
        return this.#query(operation);
      case 'clsact':
        return attempt(() => this.#laboratory.setQdisc(this.#ifindex, 'clsact', operation.present));
      case 'target_remove':
        return attempt(() => {
          this.#laboratory.removeDevice(this.#ifindex);
          this.#removed = true;
        });
    }
  }

  #createLink(operation: LinkCreateOperation): Outcome {
    const { on, prog, rel, rev, flags, as } = operation;
    const placement = this.#placement(flags, rel, 0);
    const fd = this.#kernel.links.tryCreate(this.#hook(on), this.#objects.fd(prog), placement, rev.value);
    if (fd >= 0) this.#objects.addLink(as, fd);
    return result(fd);
  }

  #linkInfo(link: Handle): Outcome {
    return attempt(() => {
      const info = this.#kernel.links.info(this.#objects.fd(link));
      if (!link.startsWith('l')) return {};
      return { info: { prog: this.#objects.programName(info.programId), attached: info.ifindex !== 0 } };
    });
  }

  #query(operation: QueryOperation): Outcome {
    const hook = this.#hook(operation.on);
    const answer = rawQuery(this.#kernel.host.systemCall, {
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
      ids: answer.programIds?.map((id) => this.#objects.programName(id)) ?? null,
      progFlags: answer.programFlags,
      links: answer.linkIds.map((id) => this.#objects.linkName(id)),
    };
    return { ...result(answer.result), out };
  }

  #hookState(on: string): HookState {
    try {
      const { revision, attachments } = this.#kernel.attachments.query(this.#hook(on));
      return {
        rev: revision,
        list: attachments.map(({ programId, linkId }) => [
          this.#objects.programName(programId),
          this.#objects.linkName(linkId),
        ]),
      };
    } catch (error) {
      return { err: refusal(error) };
    }
  }

  #hook(on: string): KernelHook {
    return tcx(on === 'egress' ? 'egress' : 'ingress', this.#ifindex);
  }

  #placement(flags: readonly TraceFlag[], rel: TraceRelative | null, replaceFd: number): RawPlacement {
    return { flags: mask(flags), relative: this.#objects.relative(rel), replaceFd };
  }

  /** Closes every fd and removes the device, so that the laboratory can serve another trace. */
  close(): void {
    try {
      if (!this.#removed) this.#laboratory.removeDevice(this.#ifindex);
      this.#removed = true;
    } finally {
      this.#objects.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
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
