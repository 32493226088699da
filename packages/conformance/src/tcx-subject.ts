import { type Laboratory, type LinkInfo, programType, type TcxHook, tcx, verdict } from '@mprog/kernel';
import { KernelSubject } from './kernel-subject.js';
import type { RawQueryResult } from './raw-query.js';
import type { HookState, QueryOutput } from './trace.js';

/** A fresh device of a laboratory with the programs of a tcx trace, on which its operations are done. */
export class TcxSubject extends KernelSubject {
  readonly #ifindex: number;
  #removed = false;

  /** @param programs number of programs `p0` … */
  constructor(laboratory: Laboratory, programs: number) {
    super(laboratory, 'tcx');
    try {
      this.loadPrograms(programs, { value: verdict.NEXT }, { value: 2, type: programType.XDP });
      this.#ifindex = laboratory.addDevice();
    } catch (error) {
      this.objects.close();
      throw error;
    }
  }

  protected override hook(on: string): TcxHook {
    return tcx(on === 'egress' ? 'egress' : 'ingress', this.#ifindex);
  }

  protected override readHook(on: string): HookState {
    const { revision, attachments } = this.kernel.attachments.query(this.hook(on));
    return {
      rev: revision,
      list: attachments.map(({ programId, linkId }) => [
        this.objects.programName(programId),
        this.objects.linkName(linkId),
      ]),
    };
  }

  protected override removeTarget(): void {
    this.laboratory.removeDevice(this.#ifindex);
    this.#removed = true;
  }

  protected override isAttached({ ifindex }: LinkInfo): boolean {
    return ifindex !== 0;
  }

  protected override linkOutput({ linkIds }: RawQueryResult): Pick<QueryOutput, 'links'> {
    return { links: linkIds.map((id) => this.objects.linkName(id)) };
  }

  protected override setClsact(present: boolean): void {
    this.laboratory.setQdisc(this.#ifindex, 'clsact', present);
  }

  override close(): void {
    try {
      if (!this.#removed) this.removeTarget();
    } finally {
      this.objects.close();
    }
  }
}
