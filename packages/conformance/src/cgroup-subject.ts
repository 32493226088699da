import { MprogError } from '@mprog/core';
import { type CgroupHook, cgroup, type Laboratory, type LinkInfo, programType } from '@mprog/kernel';
import { KernelSubject } from './kernel-subject.js';
import type { RawQueryResult } from './raw-query.js';
import type { HookState, QueryOutput } from './trace.js';

const modeBits = { none: 0, override: 1, multi: 2 } as const;

/** Two fresh cgroups of a laboratory, `A` and its child `B`, with the programs of a cgroup trace. */
export class CgroupSubject extends KernelSubject {
  /** Paths, children last; empty once they were removed. */
  readonly #paths: string[] = [];
  readonly #hooks: Map<string, CgroupHook> = new Map();

  /** @param programs number of programs `p0` … */
  constructor(laboratory: Laboratory, programs: number) {
    super(laboratory, 'cgroup');
    try {
      const other = { value: 1, type: programType.CGROUP_DEVICE };
      this.loadPrograms(programs, { value: 1, type: programType.CGROUP_SKB }, other);
      const parent = this.#addCgroup('A');
      this.#addCgroup('B', parent);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  protected override hook(on: string): CgroupHook {
    return this.#hooks.get(on)!;
  }

  protected override readHook(on: string): HookState {
    const { attachments } = this.kernel;
    const { revision, mode, attachments: own } = attachments.query(this.hook(on));
    const effective = attachments.queryEffective(this.hook(on));
    return {
      rev: revision,
      list: own.map(({ programId }) => this.objects.programName(programId)),
      flags: modeBits[mode],
      eff: effective.map(({ programId }) => this.objects.programName(programId)),
    };
  }

  protected override removeTarget(): void {
    for (const path of this.#paths.splice(0).reverse()) this.laboratory.removeCgroup(path);
  }

  protected override isAttached({ cgroupId }: LinkInfo): boolean {
    return cgroupId !== null && cgroupId !== '0';
  }

  /** The kernel writes none (spec 10.7); what it would write shows as output that no trace has. */
  protected override linkOutput({ linkIds }: RawQueryResult): Pick<QueryOutput, 'links'> {
    return linkIds.length === 0 ? {} : { links: linkIds.map((id) => this.objects.linkName(id)) };
  }

  protected override setClsact(): void {
    throw new MprogError('EINVAL', 'add clsact: a cgroup takes no qdisc (EINVAL)');
  }

  override close(): void {
    try {
      this.removeTarget();
    } finally {
      this.objects.close();
      for (const { cgroupFd } of this.#hooks.values()) this.laboratory.host.world.close(cgroupFd);
      this.#hooks.clear();
    }
  }

  #addCgroup(name: string, parent?: string): string {
    const path = this.laboratory.addCgroup(parent);
    this.#paths.push(path);
    this.#hooks.set(name, cgroup('inet_ingress', this.laboratory.host.world.openCgroup(path), path));
    return path;
  }
}
