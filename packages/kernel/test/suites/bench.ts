import { afterEach, beforeEach } from 'vitest';
import { command, type Laboratory, programType } from '../../src/index.js';
import { RawCalls } from './raw-calls.js';

/** An fd that is never open. */
export const BOGUS = 99_999;
/** An id that no object has. */
export const UNUSED_ID = 0x7fff_fff0;

/** A fresh laboratory with one device for each test of a suite. */
export class Bench {
  #laboratory: Laboratory | undefined;
  #raw: RawCalls | undefined;
  #device = 0;

  constructor(makeLaboratory: () => Laboratory) {
    beforeEach(() => {
      this.#laboratory = makeLaboratory();
      this.#raw = new RawCalls(this.#laboratory.host);
      this.#device = this.#laboratory.addDevice();
    });
    afterEach(() => {
      this.#laboratory?.close();
      this.#laboratory = undefined;
    });
  }

  get laboratory(): Laboratory {
    return this.#laboratory!;
  }

  get raw(): RawCalls {
    return this.#raw!;
  }

  /** Its hooks are untouched. */
  get device(): number {
    return this.#device;
  }

  /** Loads a SCHED_CLS program that says NEXT. */
  program(name?: string): number {
    return this.laboratory.loadVerdict(-1, name === undefined ? {} : { name });
  }

  programs(count: number): number[] {
    return Array.from({ length: count }, () => this.program());
  }

  /** Loads a program of a type that tcx does not take. */
  otherProgram(): number {
    return this.laboratory.loadVerdict(2, { type: programType.XDP });
  }

  /** Attaches programs in order and returns their ids. */
  attach(programs: readonly number[]): number[] {
    return programs.map((program) => {
      const result = this.raw.attach({ target: this.device, program });
      if (result !== 0) throw new Error(`attach: ${result}`);
      return this.raw.idOf(program);
    });
  }

  /** Creates a link on the device's ingress hook and returns its fd. */
  link(program: number): number {
    const fd = this.raw.linkCreate({ target: this.device, program });
    if (typeof fd === 'string') throw new Error(`link create: ${fd}`);
    return fd;
  }

  /** A program array of one entry. */
  map(): number {
    const fd = this.raw.call(command.MAP_CREATE, 72, [
      [0, 3],
      [4, 4],
      [8, 4],
      [12, 1],
    ]);
    if (typeof fd === 'string') throw new Error(`map create: ${fd}`);
    return fd;
  }
}
