import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { clip, MprogError } from '@mprog/core';
import { type ObjectProgram, programTypeName } from '@mprog/kernel';
import { readRegularFile } from '@mprog/kernel/read-regular-file';
import type { ChangeProgram } from '../change.js';
import type { Context } from '../context.js';
import { describeList } from '../host/describe.js';
import { refusal } from '../manager-error.js';
import { didYouMean } from '../names/nearest.js';
import { isMadeFor, type RuledHook } from '../rules/layer-rules.js';

/** Bytes that no object comes near, so that a wrong file is refused before it fills the memory. */
const LARGEST_OBJECT = 128 * 1024 * 1024;

/** Where a program comes from that is loaded from a file, as the journal keeps it. */
export interface ProgramOrigin {
  /** Absolute path of the file. */
  readonly object: string;
  /** SHA-256 of the file, in hexadecimal digits. */
  readonly digest: string;
  /** Full name of its function. */
  readonly function: string;
}

/** One program of an object file. */
export interface ChosenProgram {
  readonly bytes: Uint8Array;
  readonly program: ObjectProgram;
  readonly origin: ProgramOrigin;
}

/**
 * Reads an object file and picks the program that is meant; nothing reaches the kernel.
 *
 * @param program full name of its function; null where the object has just one
 * @param use the hook that it is for, of whose programs the refusal proposes one; and whether a policy names it, where the
 * program is a key of its own
 * @throws MprogError errno of the file system, `ENOEXEC` for what is no object, `ENOENT` with the programs that there are,
 * `ERR_AMBIGUOUS` where several are and none is named
 */
export function chooseProgram(
  context: Pick<Context, 'kernel'>,
  path: string,
  program: string | null,
  operation: string,
  { hook, inPolicy = false }: { readonly hook?: RuledHook; readonly inPolicy?: boolean } = {},
): ChosenProgram {
  const bytes = readObject(path, operation);
  const programs = context.kernel.host.objects.inspect(bytes, path);
  const names = programs.map(({ name }) => name);
  if (program !== null) {
    const found = programs.find(({ name }) => name === program);
    if (found !== undefined) return chosen(path, bytes, found);
    throw refusal('ENOENT', operation, `${clip(path)} has no program ${clip(program)}`, {
      remedy:
        names.length === 0 ? 'it has none' : `it has ${describeList(names)}${didYouMean(program, names)}`,
      data: { programs: names },
    });
  }
  const [only] = programs;
  if (only !== undefined && programs.length === 1) return chosen(path, bytes, only);
  if (only === undefined)
    throw refusal('ENOENT', operation, `${clip(path)} has no program`, {
      remedy: 'a program is a function in a section of its own, SEC("tc")',
    });
  const candidates = names.map((name) => (inPolicy ? `program: ${name}` : `${path}:${name}`));
  const proposed = hook === undefined ? 0 : programs.findIndex((one) => isMadeFor(hook, one));
  throw refusal('ERR_AMBIGUOUS', operation, `${clip(path)} has several programs: ${describeList(names)}`, {
    remedy: `name one, for example ${clip(candidates[Math.max(0, proposed)] ?? '')}`,
    data: { candidates },
  });
}

function chosen(path: string, bytes: Uint8Array, program: ObjectProgram): ChosenProgram {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { bytes, program, origin: { object: resolve(path), digest, function: program.name } };
}

/** What is known of a program before it is loaded; the kernel keeps 15 characters of its name. */
export function plannedProgram(fullName: string, type: number): ChangeProgram {
  return { id: null, type: programTypeName(type), name: fullName.slice(0, 15), tag: null, fullName };
}

function readObject(path: string, operation: string): Uint8Array {
  try {
    return readRegularFile(path, LARGEST_OBJECT);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const { reason } = error.data as { readonly reason: string };
    throw refusal(error.code as 'EIO', operation, `${clip(path)}: ${reason}`, { cause: error });
  }
}
