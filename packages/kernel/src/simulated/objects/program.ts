import type { BtfObject } from './btf.js';
import type { MapObject } from './map.js';

/** Records of one kind that BTF gives a program: where its functions or lines start. */
export interface ExtraInfo {
  /** Bytes of one record. */
  readonly recordSize: number;
  readonly records: Uint8Array;
}

/** What a processor runs in the place of a program, as info gives it (spec 15.5.1); little endian. */
export interface MachineCode {
  readonly code: Uint8Array;
  /** Address of each function, 8 bytes each. */
  readonly symbols: Uint8Array;
  /** Bytes of each function, 4 bytes each. */
  readonly functionLengths: Uint8Array;
  /** Address of the start of each line, 8 bytes each. */
  readonly lines: Uint8Array;
}

/** A loaded program (spec 2, 15). */
export interface ProgramObject {
  readonly kind: 'program';
  readonly id: number;
  readonly type: number;
  readonly expectedAttachType: number;
  /** At most 15 characters. */
  readonly name: string;
  /** 16 hexadecimal digits. */
  readonly tag: string;
  readonly instructions: Uint8Array;
  readonly gpl: boolean;
  /** Nanoseconds since boot. */
  readonly loadTime: number;
  readonly createdByUid: number;
  /** Maps that it refers to; it holds a reference to each. */
  readonly maps: readonly MapObject[];
  /** BTF that it was loaded with; it holds a reference. */
  readonly btf: BtfObject | null;
  readonly functionInfo: ExtraInfo;
  readonly lineInfo: ExtraInfo;
  /** Null for a program whose machine code nobody has told; zeros stand in for it. */
  machineCode: MachineCode | null;
  references: number;
  runCount: number;
  /** Nanoseconds. */
  runTime: number;
}
