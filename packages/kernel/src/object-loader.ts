import type { ObjectMap } from './object-map.js';

/** A program inside an ELF object, before it is loaded. */
export interface ObjectProgram {
  /** Full name of its function. */
  readonly name: string;
  /** Section that it stands in (`tcx/ingress`). */
  readonly section: string;
  /** Program type that the section stands for, 0 when the section says nothing. */
  readonly type: number;
  /** Attach type that the section stands for, 0 when it says nothing. */
  readonly expectedAttachType: number;
  /** Number of its instructions, 8 bytes each. */
  readonly instructionCount: number;
}

/** A program that was loaded from an ELF object; closing it drops the reference, as closing any program does. */
export interface LoadedProgram extends ObjectProgram {
  readonly fd: number;
}

/** A map of an object that was loaded. */
export interface LoadedMap {
  readonly name: string;
  readonly fd: number;
  /** Whether it was there before, and was given to the load. */
  readonly reused: boolean;
}

/** A map that a load uses instead of making one. */
export interface ReusedMap {
  /** As {@link ObjectLoader.inspectMaps} names it. */
  readonly name: string;
  /** The caller keeps it and closes it. */
  readonly fd: number;
}

/** What one load brought into the kernel; `close()` closes every fd that is still open. */
export interface LoadedObject extends Disposable {
  readonly programs: readonly LoadedProgram[];
  readonly maps: readonly LoadedMap[];
  close(): void;
}

/** How an object is loaded. */
export interface LoadOptions {
  /** What messages call the object, usually its path. */
  readonly name: string;
  /** Loads this one alone; all programs when it is absent. */
  readonly program?: string;
  /** Loads programs as this type instead of the one that the section stands for. */
  readonly type?: number;
  /** Attach type that programs are meant for which are loaded as another type; 0 when absent. */
  readonly expectedAttachType?: number;
  /** Maps that are there already and are used, with what is in them; every other one is made. */
  readonly maps?: readonly ReusedMap[];
}

/**
 * Reads BPF programs from ELF objects: through libbpf on Linux, with a small reader in the simulated kernel.
 *
 * Refusals are `MprogError`s: `ENOEXEC` for bytes that are not a BPF object (empty, cut, not ELF, of another machine),
 * `ENOENT` for a program that the object does not have (`data.programs` names those it has), `ELIBBPF` when libbpf is
 * missing, and the kernel's errno with the verifier's log in `data.log` when the kernel rejects a program. For a map that
 * is to be reused `ENOENT` when the object has none of that name, `EINVAL` when its type or a size is another one or when
 * it holds constants, `EBADF`.
 */
export interface ObjectLoader {
  /** Lists the programs of an object; nothing reaches the kernel. */
  inspect(bytes: Uint8Array, name: string): readonly ObjectProgram[];
  /** Lists the maps that loading an object would make; nothing reaches the kernel. */
  inspectMaps(bytes: Uint8Array, name: string): readonly ObjectMap[];
  /** Loads an object's programs and makes the maps that they need. */
  load(bytes: Uint8Array, options: LoadOptions): LoadedObject;
}
