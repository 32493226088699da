import { info } from '@mprog/kernel';

const { program } = info;

/** A field of program info that no simulation can know. */
export interface UnknowableField {
  readonly at: number;
  readonly length: number;
  readonly reason: string;
  /** Whether the running kernel can be asked for it beforehand, so that the simulated one is told and it is compared. */
  readonly told?: boolean;
}

/** Everything in an answer that no simulation can know, with the reason for each; all else is compared, byte for byte. */
export const unknowable: readonly UnknowableField[] = [
  {
    at: program.jitedLength,
    length: 4,
    reason: 'machine code and its length: depends on the processor and on the options of the kernel',
    told: true,
  },
  { at: program.symbolCount, length: 4, reason: 'addresses of the machine code', told: true },
  {
    at: program.functionLengthCount,
    length: 4,
    reason: 'lengths of the machine code of each function',
    told: true,
  },
  { at: program.jitedLineInfoCount, length: 4, reason: 'addresses of lines in the machine code', told: true },
  { at: program.loadTime, length: 8, reason: 'when the program was loaded, by the clock of the machine' },
  {
    at: program.createdByUid,
    length: 4,
    reason: 'user id of the loader, seen from the namespace of the reader',
  },
  { at: program.runTime, length: 8, reason: 'time that the program ran, while statistics are on anywhere' },
  { at: program.runCount, length: 8, reason: 'how often it ran, while statistics are on anywhere' },
  { at: program.recursionMisses, length: 8, reason: 'part of the same statistics' },
];
