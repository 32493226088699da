import { info } from '@mprog/kernel';

const { program } = info;

/** A field of program info that no simulation can know. */
export interface UnknowableField {
  readonly at: number;
  readonly length: number;
  readonly reason: string;
  /** Where the field is the number of items of an array whose items no simulation can know either. */
  readonly array?: {
    readonly pointer: number;
    /** Bytes that the array can have for the programs here. */
    readonly room: number;
    /** Whether the number itself is unknowable too. */
    readonly masksCount: boolean;
  };
}

/** Everything in an answer that is not compared, with the reason for each; all else is, byte for byte. */
export const unknowable: readonly UnknowableField[] = [
  {
    at: program.jitedLength,
    length: 4,
    reason: 'length of the machine code: depends on the processor and on the options of the kernel',
    array: { pointer: program.jited, room: 1024, masksCount: true },
  },
  { at: program.loadTime, length: 8, reason: 'when the program was loaded, by the clock of the machine' },
  {
    at: program.createdByUid,
    length: 4,
    reason: 'user id of the loader, seen from the namespace of the reader',
  },
  {
    at: program.symbolCount,
    length: 4,
    reason: 'addresses of the machine code',
    array: { pointer: program.symbols, room: 8, masksCount: false },
  },
  {
    at: program.functionLengthCount,
    length: 4,
    reason: 'lengths of the machine code of each function',
    array: { pointer: program.functionLengths, room: 4, masksCount: false },
  },
  { at: program.btfId, length: 4, reason: 'id of type information, which loaders may have added' },
  { at: program.runTime, length: 8, reason: 'time that the program ran, while statistics are on anywhere' },
  { at: program.runCount, length: 8, reason: 'how often it ran, while statistics are on anywhere' },
  { at: program.recursionMisses, length: 8, reason: 'part of the same statistics' },
];
