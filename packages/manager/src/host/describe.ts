import { clip } from '@mprog/core';
import type { AttachmentState, ProgramState } from './state.js';

/** A program in a few words, `id:97 fw_main`. */
export function describeProgram(program: Pick<ProgramState, 'id' | 'name' | 'fullName'>): string {
  const name = program.fullName ?? program.name;
  return name === null || name === '' ? `id:${program.id}` : `id:${program.id} ${clip(name)}`;
}

/** An attachment in a few words, `id:97 fw_main (link:7)`. */
export function describeAttachment({ program, link }: Pick<AttachmentState, 'program' | 'link'>): string {
  return describeProgram(program) + (link === null ? '' : ` (link:${link.id})`);
}

/** Several things in one line: at most ten, then how many more. */
export function describeList(things: readonly string[]): string {
  const shown = things.slice(0, 10).join(', ');
  return things.length > 10 ? `${shown} and ${things.length - 10} more` : shown;
}
