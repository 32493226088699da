import { afterEach, beforeEach } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import {
  attachType,
  command,
  flag,
  type Host,
  type Laboratory,
  programType,
  queryFlag,
} from '../../src/index.js';
import { type AttachFields, fdOf, RawCalls, type Result } from './raw-calls.js';

const layout = attr.progQuery;
const MOST_ENTRIES = 2048;

/** A cgroup of a laboratory, with an open fd of its directory. */
export interface BenchCgroup {
  readonly path: string;
  readonly fd: number;
}

/** What a query is asked besides the hook. */
export interface CgroupQueryFields {
  readonly type?: number;
  readonly flags?: number;
  /** Input of the field that the mode is written to. */
  readonly attachFlags?: number;
  readonly count?: number;
  /** Whether an array for program ids is passed; yes when absent. */
  readonly ids?: boolean;
  /** Whether an array for flags of programs is passed; no when absent. */
  readonly programFlags?: boolean;
  readonly size?: number;
}

export interface CgroupAnswer {
  readonly result: Result;
  readonly mode: number;
  readonly revision: number;
  readonly count: number;
  /** As many as were asked for at the most. */
  readonly programs: readonly number[];
  readonly programFlags: readonly number[];
  readonly links: readonly number[];
}

/** A fresh laboratory with a cgroup and its child for each test of a suite; programs are CGROUP_SKB ones that allow. */
export class CgroupBench {
  #laboratory: Laboratory | undefined;
  #raw: RawCalls | undefined;
  #cgroups: BenchCgroup[] = [];

  constructor(makeLaboratory: () => Laboratory) {
    beforeEach(() => {
      this.#laboratory = makeLaboratory();
      this.#raw = new RawCalls(this.#laboratory.host);
      this.#cgroups = [];
      this.add(this.add());
    });
    afterEach(() => {
      for (const { fd } of this.#cgroups) this.#laboratory?.host.world.close(fd);
      this.#laboratory?.close();
      this.#laboratory = undefined;
    });
  }

  get laboratory(): Laboratory {
    return this.#laboratory!;
  }

  get host(): Host {
    return this.laboratory.host;
  }

  get raw(): RawCalls {
    return this.#raw!;
  }

  /** Untouched. */
  get parent(): BenchCgroup {
    return this.#cgroups[0]!;
  }

  /** Untouched, and the only child of `parent`. */
  get child(): BenchCgroup {
    return this.#cgroups[1]!;
  }

  add(parent?: BenchCgroup): BenchCgroup {
    const path = this.laboratory.addCgroup(parent?.path);
    const cgroup = { path, fd: this.host.world.openCgroup(path) };
    this.#cgroups.push(cgroup);
    return cgroup;
  }

  program(value: number = 1, expectedAttachType: number = attachType.CGROUP_INET_INGRESS): number {
    return this.laboratory.loadVerdict(value, { type: programType.CGROUP_SKB, expectedAttachType });
  }

  programs(count: number): number[] {
    return Array.from({ length: count }, () => this.program());
  }

  /** A program of a type that inet_ingress does not take. */
  otherProgram(): number {
    return this.laboratory.loadVerdict(1, { type: programType.CGROUP_DEVICE });
  }

  /** Attaches to inet_ingress of a cgroup, in mode MULTI where the flags do not say another. */
  attach(cgroup: BenchCgroup, program: number, fields: Omit<AttachFields, 'target'> = {}): Result {
    return this.raw.attach({
      target: cgroup.fd,
      program,
      type: attachType.CGROUP_INET_INGRESS,
      flags: flag.ALLOW_MULTI,
      ...fields,
    });
  }

  /** Attaches programs at the end, in mode MULTI, and returns their ids. */
  fill(cgroup: BenchCgroup, programs: readonly number[], flags: number = flag.ALLOW_MULTI): number[] {
    return programs.map((program) => {
      const result = this.attach(cgroup, program, { flags });
      if (result !== 0) throw new Error(`attach: ${result}`);
      return this.raw.idOf(program);
    });
  }

  detach(cgroup: BenchCgroup, program: number, fields: Omit<AttachFields, 'target'> = {}): Result {
    return this.raw.detach({
      target: cgroup.fd,
      program,
      type: attachType.CGROUP_INET_INGRESS,
      ...fields,
    });
  }

  createLink(cgroup: BenchCgroup, program: number, fields: Omit<AttachFields, 'target'> = {}): Result {
    return this.raw.linkCreate({
      target: cgroup.fd,
      program,
      type: attachType.CGROUP_INET_INGRESS,
      ...fields,
    });
  }

  /** Makes a link at the end of a list and returns its fd. */
  link(cgroup: BenchCgroup, program: number, flags: number = 0): number {
    return fdOf(this.createLink(cgroup, program, { flags }));
  }

  query(cgroup: BenchCgroup, fields: CgroupQueryFields = {}): CgroupAnswer {
    const { raw } = this;
    const count = fields.count ?? MOST_ENTRIES;
    const [flagsAt, linksAt] = [4 * MOST_ENTRIES, 8 * MOST_ENTRIES];
    raw.bytes(0, 12 * MOST_ENTRIES).fill(0xff);
    const result = raw.call(command.PROG_QUERY, fields.size ?? layout.end, [
      [layout.target, cgroup.fd],
      [layout.attachType, fields.type ?? attachType.CGROUP_INET_INGRESS],
      [layout.queryFlags, fields.flags ?? 0],
      [layout.attachFlags, fields.attachFlags ?? 0],
      [layout.programIds, fields.ids === false ? 0 : raw.at(0), 8],
      [layout.programFlags, fields.programFlags === true ? raw.at(flagsAt) : 0, 8],
      [layout.linkIds, raw.at(linksAt), 8],
      [layout.count, count],
    ]);
    const written = (offset: number) => {
      const all = Array.from({ length: MOST_ENTRIES }, (_, i) => raw.u32(offset + 4 * i));
      return all.slice(0, all.findLastIndex((entry) => entry !== 0xffff_ffff) + 1);
    };
    return {
      result,
      mode: raw.field(layout.attachFlags),
      revision: raw.field(layout.revision),
      count: raw.field(layout.count),
      programs: written(0),
      programFlags: written(flagsAt),
      links: written(linksAt),
    };
  }

  /** Ids in list order. */
  order(cgroup: BenchCgroup): readonly number[] {
    return this.query(cgroup).programs;
  }

  /** Ids of what acts in a cgroup, in run order. */
  effective(cgroup: BenchCgroup, type?: number): readonly number[] {
    const hook = type === undefined ? {} : { type };
    return this.query(cgroup, { flags: queryFlag.EFFECTIVE, ...hook }).programs;
  }

  revision(cgroup: BenchCgroup): number {
    return this.query(cgroup).revision;
  }

  /** Ids of programs, in the order given. */
  ids(programs: readonly number[]): number[] {
    return programs.map((program) => this.raw.idOf(program));
  }

  linkInfo(fd: number): { type: number; id: number; program: number; cgroupId: string; attachType: number } {
    const { raw } = this;
    const result = raw.info(fd, info.link.size);
    if (result !== 0) throw new Error(`info of link fd ${fd}: ${result}`);
    const high = BigInt(raw.u32(info.link.cgroupId + 4)) << 32n;
    return {
      type: raw.u32(info.link.type),
      id: raw.u32(info.link.id),
      program: raw.u32(info.link.programId),
      cgroupId: String(high | BigInt(raw.u32(info.link.cgroupId))),
      attachType: raw.u32(info.link.cgroupAttachType),
    };
  }
}
