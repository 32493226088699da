import type { Descriptor, LoadedObject, ReusedMap } from '@mprog/kernel';
import { type ChangeProgram, makeChange } from '../change.js';
import type { Context } from '../context.js';
import { tidyAbove, withPinDirectory } from '../host/bpffs.js';
import { journalIntent } from '../journal/journal-intent.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import { plannedProgram } from '../resolve/object-file.js';
import type { DesiredObject, DesiredProgram } from './desired-program.js';
import { comingPin, readProgramPin, undoPin } from './program-pin.js';

/** A program of a policy that is in the kernel and pinned; closing it keeps the pin. */
export interface ReadyProgram extends Disposable {
  readonly fd: number;
  readonly program: ChangeProgram;
  /** What was done: nothing, a pin for a program that was there, or a load. */
  readonly done: 'nothing' | 'pinned' | 'loaded';
  close(): void;
}

/** An fd of a program, and who gives it back. */
interface Held {
  readonly fd: number;
  close(): void;
}

/**
 * Makes what was planned for a program: loads it once, with the maps of the older version, and pins it under the policy's
 * name in one step. What was pinned there before is kept below `mprog/undo/`. Nothing is done where everything is there.
 *
 * A failure leaves kernel and pins as they were. After a kill the program may wait beside its name; the next call takes it
 * from there.
 *
 * @param undoEntry entry of the history under which what was pinned there before is kept
 * @throws MprogError `ESTALE` when pin or maps are others than planned, what loading and pinning throw, the verifier's log
 * in `data.log`
 */
export function loadDesired(context: Context, desired: DesiredProgram, undoEntry: string): ReadyProgram {
  const operation = `load program ${desired.name}`;
  const { kernel } = context;
  const at = readProgramPin(context, desired.pin);
  const planned = desired.kind === 'pinned' ? desired.id : desired.pinned;
  if ((at.kind === 'program' ? at.id : null) !== planned || at.kind === 'other') {
    throw stale(operation, `${desired.pin} holds something else than a moment ago`);
  }
  if (desired.action === 'none' && desired.id === planned) {
    const pinned = kernel.pins.open(desired.pin);
    return ready(context, pinned, desired, 'nothing');
  }
  if (desired.kind === 'pinned') throw stale(operation, `${desired.pin} is gone`);
  const held =
    desired.action === 'none' ? kernel.programs.open(desired.id!) : load(context, desired, operation);
  try {
    install(context, desired, held, undoEntry, operation);
    return ready(context, held, desired, desired.action === 'none' ? 'pinned' : 'loaded');
  } catch (error) {
    held.close();
    throw error;
  }
}

function load(context: Context, desired: DesiredObject, operation: string): Held {
  const { kernel } = context;
  const { origin, program, as, bytes, maps } = desired;
  const reused: { readonly name: string; readonly map: Descriptor }[] = [];
  let object: LoadedObject;
  try {
    for (const { name, id } of maps) {
      if (id !== null) reused.push({ name, map: openMap(context, id, name, operation) });
    }
    const given = reused.map(({ name, map }): ReusedMap => ({ name, fd: map.fd }));
    object = kernel.host.objects.load(bytes, {
      name: origin.object,
      program: program.name,
      ...as,
      maps: given,
    });
  } finally {
    for (const { map } of reused) map.close();
  }
  const loaded = object.programs.find(({ name }) => name === program.name);
  if (loaded === undefined) {
    object.close();
    throw refusal('ENOENT', operation, `${origin.object} was loaded without ${program.name}`);
  }
  return { fd: loaded.fd, close: () => object.close() };
}

function openMap({ kernel }: Context, id: number, name: string, operation: string): Descriptor {
  try {
    return kernel.maps.open(id);
  } catch (error) {
    throw stale(operation, `map ${name} (id:${id}) is gone`, error);
  }
}

/** Records what is done, and gives the program its name. */
function install(
  context: Context,
  desired: DesiredObject,
  { fd }: Held,
  undoEntry: string,
  operation: string,
): void {
  const { kernel, world } = context;
  const { name, origin, pin, pinned, as } = desired;
  const { id } = kernel.programs.info(fd);
  const coming = comingPin(pin);
  const intent = journalIntent({
    operation: 'load-program',
    program: id,
    ...origin,
    policyProgram: name,
    replaced: pinned,
    pin,
    group: undoEntry,
  });
  journalled(context, intent, () => {
    const kept = pinned === null ? null : undoPin(context, undoEntry, pinned, operation);
    withPinDirectory(world, pin, operation, () =>
      withPinDirectory(world, kept, operation, () => {
        // A kill left it; what it holds is loaded again or is this very program.
        const left = readProgramPin(context, coming);
        if (left.kind === 'other') {
          throw refusal('EEXIST', operation, `${coming} is taken by ${left.what}`, { remedy: 'remove it' });
        }
        removeIfThere(context, coming);
        kernel.pins.pin(fd, coming);
        try {
          if (kept !== null) keep(context, desired, kept, operation);
          world.pins.rename(coming, pin);
        } catch (error) {
          removeIfThere(context, coming);
          if (kept !== null) {
            removeIfThere(context, kept);
            tidyAbove(world, kept);
          }
          throw error;
        }
      }),
    );
    const found = readProgramPin(context, pin);
    if (found.kind !== 'program' || found.id !== id) {
      throw refusal('ERR_VERIFY', operation, `id:${id} was pinned at ${pin}, but it is not there`, {
        remedy: 'somebody changed that pin at the same moment',
      });
    }
    return makeChange({
      kind: 'load-program',
      program: { ...plannedProgram(origin.function, as.type), id },
      pin,
    });
  });
}

/** Pins what is about to lose its name, when it is still the one that was planned for. */
function keep(context: Context, { pin, pinned }: DesiredObject, path: string, operation: string): void {
  const { kernel } = context;
  using old = kernel.pins.open(pin);
  if (old.kind !== 'program' || kernel.programs.info(old.fd).id !== pinned) {
    throw stale(operation, `${pin} holds something else than a moment ago`);
  }
  kernel.pins.pin(old.fd, path);
}

function removeIfThere(context: Context, path: string): void {
  if (readProgramPin(context, path).kind !== 'nothing') context.world.pins.remove(path);
}

function ready(
  context: Context,
  held: Held,
  desired: DesiredProgram,
  done: ReadyProgram['done'],
): ReadyProgram {
  const { kernel } = context;
  const close = () => held.close();
  try {
    const { id, name, tag, type } = kernel.programs.info(held.fd);
    const fullName = desired.kind === 'object' ? desired.origin.function : kernel.programs.fullName(held.fd);
    const program: ChangeProgram = { ...plannedProgram(fullName ?? name, type), id, name, tag, fullName };
    return { fd: held.fd, program, done, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function stale(operation: string, reason: string, cause?: unknown): Error {
  return refusal('ESTALE', operation, reason, {
    remedy: 'plan again',
    ...(cause === undefined ? {} : { cause }),
  });
}
