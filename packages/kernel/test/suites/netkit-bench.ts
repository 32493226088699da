import { afterEach, beforeEach } from 'vitest';
import { attachType, type Laboratory } from '../../src/index.js';
import { type AttachFields, fdOf, RawCalls, type Result } from './raw-calls.js';

/** A fresh laboratory with a netkit pair for each test of a suite; programs are SCHED_CLS ones that say NEXT. */
export class NetkitBench<Kind extends Laboratory = Laboratory> {
  #laboratory: Kind | undefined;
  #raw: RawCalls | undefined;
  #pair: { readonly primary: number; readonly peer: number } | undefined;

  /** @param makeLaboratory opens one whose kernel has netkit */
  constructor(makeLaboratory: () => Kind) {
    beforeEach(() => {
      this.#laboratory = makeLaboratory();
      this.#raw = new RawCalls(this.#laboratory.host);
      this.#pair = this.#laboratory.addNetkitPair();
    });
    afterEach(() => {
      this.#laboratory?.close();
      this.#laboratory = undefined;
    });
  }

  get laboratory(): Kind {
    return this.#laboratory!;
  }

  get raw(): RawCalls {
    return this.#raw!;
  }

  /** Ifindex of the primary device; its hook and that of its peer are untouched. */
  get primary(): number {
    return this.#pair!.primary;
  }

  /** Ifindex of the peer. */
  get peer(): number {
    return this.#pair!.peer;
  }

  program(value: number = -1): number {
    return this.laboratory.loadVerdict(value);
  }

  programs(count: number): number[] {
    return Array.from({ length: count }, () => this.program());
  }

  ids(programs: readonly number[]): number[] {
    return programs.map((program) => this.raw.idOf(program));
  }

  /** Attaches to the primary's hook unless a type is given. */
  attach(program: number, fields: Partial<AttachFields> = {}): Result {
    return this.raw.attach({ target: this.primary, type: attachType.NETKIT_PRIMARY, program, ...fields });
  }

  detach(fields: Partial<AttachFields> = {}): Result {
    return this.raw.detach({ target: this.primary, type: attachType.NETKIT_PRIMARY, ...fields });
  }

  link(program: number, fields: Partial<AttachFields> = {}): number {
    const hook = { target: this.primary, type: attachType.NETKIT_PRIMARY };
    return fdOf(this.raw.linkCreate({ ...hook, program, ...fields }));
  }

  query(type: number = attachType.NETKIT_PRIMARY) {
    return this.raw.query(this.primary, type);
  }
}
