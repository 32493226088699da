import { clip } from '@mprog/core';
import { type Descriptor, isErrno, type LoadedObject } from '@mprog/kernel';
import { type ChangeProgram, programOf } from '../change.js';
import type { Context } from '../context.js';
import { describeList, describeProgram } from '../host/describe.js';
import type { HostView } from '../host/host-view.js';
import type { ProgramState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import { didYouMean } from '../names/nearest.js';
import { parseReference, type Reference } from '../names/reference.js';
import { checkType, loadedAs, programTypeFor, type RuledHook } from '../rules/layer-rules.js';
import { chooseProgram, type ProgramOrigin, plannedProgram } from './object-file.js';
import { hasName, openPinned } from './resolve-attachment.js';

/** A program that is to be attached; closing it drops what `open` took. */
export interface ProgramHandle extends Disposable {
  /** Where it comes from; null for one that the kernel has. */
  readonly origin: ProgramOrigin | null;
  /** What is known of it; its id is null as long as it is not loaded. */
  readonly program: ChangeProgram;
  /** Opens or loads it, once. */
  open(): number;
  close(): void;
}

/**
 * Finds the one program on this host, or in an object file, that a reference means; nothing is loaded yet.
 *
 * @param hook where it is to be attached
 * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS` with the candidates, `EINVAL` for a type that the hook does not take, `EPERM`
 * without the right to open programs by id
 */
export function resolveProgram(
  context: Context,
  view: HostView,
  text: string,
  hook: RuledHook,
  operation: string,
): ProgramHandle {
  const reference = parseReference(text);
  if (reference.kind === 'file') return fileHandle(context, reference, hook, operation);
  const id = findId(context, view, reference, text, programTypeFor(hook), operation);
  const state = view.program(id, true);
  const type = view.programType(id);
  if (type !== null) checkType(hook, describeProgram(state), type, operation);
  return handle(null, programOf(state), () => {
    const program = openProgram(context, view, id, operation);
    return { fd: program.fd, program: programOf(state), close: () => program.close() };
  });
}

/**
 * Opens a program by its id, or without the right to do that through one of its pins.
 *
 * @throws MprogError `ENOENT`, `EPERM`
 */
export function openProgram(
  context: Context,
  view: HostView,
  id: number,
  operation: string,
): Pick<Descriptor, 'fd' | 'close'> & Disposable {
  const { kernel } = context;
  try {
    return kernel.programs.open(id);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) {
      throw refusal('ENOENT', operation, `there is no program id:${id}`, {
        remedy: 'mprog program ls lists those that there are',
        cause: error,
      });
    }
    const path = view.pins.program(id)?.[0];
    if (!isErrno(error, 'EPERM') || path === undefined) throw error;
    return kernel.pins.open(path);
  }
}

function fileHandle(
  context: Context,
  reference: Reference & { readonly kind: 'file' },
  hook: RuledHook,
  operation: string,
): ProgramHandle {
  const { bytes, program, origin } = chooseProgram(context, reference.path, reference.program, operation, {
    hook,
  });
  const as = loadedAs(hook, program, operation);
  const { type } = as;
  const planned = plannedProgram(program.name, type);
  return handle(origin, planned, () => {
    const options = { name: reference.path, program: program.name, ...as };
    const object: LoadedObject = context.kernel.host.objects.load(bytes, options);
    const loaded = object.programs.find(({ name }) => name === program.name);
    if (loaded === undefined) {
      object.close();
      throw refusal('ENOENT', operation, `${clip(reference.path)} was loaded without ${clip(program.name)}`);
    }
    const { id, name, tag } = context.kernel.programs.info(loaded.fd);
    return { fd: loaded.fd, program: { ...planned, id, name, tag }, close: () => object.close() };
  });
}

function handle(
  origin: ProgramOrigin | null,
  planned: ChangeProgram,
  open: () => { readonly fd: number; readonly program: ChangeProgram; close(): void },
): ProgramHandle {
  let opened: ReturnType<typeof open> | null = null;
  const close = () => {
    opened?.close();
    opened = null;
  };
  return {
    origin,
    get program() {
      return opened?.program ?? planned;
    },
    open: () => {
      opened ??= open();
      return opened.fd;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function findId(
  context: Context,
  view: HostView,
  reference: Exclude<Reference, { kind: 'file' }>,
  text: string,
  type: number,
  operation: string,
): number {
  switch (reference.kind) {
    case 'id':
      openProgram(context, view, reference.id, operation).close();
      return reference.id;
    case 'link':
      return programOfLink(context, view, reference.id, operation);
    case 'pin': {
      const pinned = openPinned(context, reference.path, operation);
      return pinned.kind === 'program' ? pinned.id : programOfLink(context, view, pinned.id, operation);
    }
    case 'name':
    case 'tag':
      return searchAll(context, view, reference, text, type, operation);
  }
}

function programOfLink(context: Context, view: HostView, id: number, operation: string): number {
  const pinned = view.pins.entries.find((entry) => entry.kind === 'link' && entry.info.id === id);
  if (pinned?.kind === 'link') return pinned.info.programId;
  try {
    using link = context.kernel.links.open(id);
    return context.kernel.links.info(link.fd).programId;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw refusal('ENOENT', operation, `there is no link:${id}`, {
      remedy: 'mprog link ls lists those that there are',
      cause: error,
    });
  }
}

function searchAll(
  context: Context,
  view: HostView,
  reference: Reference & { readonly kind: 'name' | 'tag' },
  text: string,
  type: number,
  operation: string,
): number {
  const all: ProgramState[] = [...context.kernel.programs.ids()].map((id) => view.program(id));
  const fits = (program: ProgramState) =>
    reference.kind === 'tag' ? program.tag === reference.tag : hasName(view, program, reference.glob);
  // A program that the hook does not take can't be meant, as long as another one fits.
  const fitting = all.filter(fits);
  const attachable = fitting.filter(({ id }) => view.programType(id) === type);
  const found = attachable.length > 0 ? attachable : fitting;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  if (only === undefined) {
    const names = all.flatMap(({ name }) => (name === null || name === '' ? [] : [name]));
    const near = reference.kind === 'name' ? didYouMean(reference.glob, names) : '';
    throw refusal('ENOENT', operation, `no program on this host is ${clip(text)}`, {
      ...(near === '' ? {} : { remedy: near.slice(2) }),
      data: { reference: text },
    });
  }
  const candidates = found.map(describeProgram);
  throw refusal(
    'ERR_AMBIGUOUS',
    operation,
    `${clip(text)} means several programs: ${describeList(candidates)}`,
    {
      remedy: 'name one by id:N',
      data: { reference: text, candidates },
    },
  );
}
