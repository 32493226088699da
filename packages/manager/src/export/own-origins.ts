import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { HostView } from '../host/host-view.js';
import { OwnPins } from '../pins/own-pins.js';
import { type Identity, identities } from '../programs/identity.js';
import { chooseProgram } from '../resolve/object-file.js';
import type { OwnOrigin, OwnSource } from './export-policy.js';

/**
 * Finds out where programs of ours come from: an object file that is still the one which they were loaded from, else a
 * pin of ours.
 *
 * @throws MprogError of reading the journal
 */
export function ownOrigins(context: Context): (program: number) => OwnOrigin | null {
  const known = identities(context.journal.read());
  const view = new HostView(context);
  const undo = `${new OwnPins(context.world, 'export').undo}/`;
  const found = new Map<number, OwnOrigin | null>();
  return (program) => {
    let origin = found.get(program);
    if (origin === undefined) {
      origin = originOf(program);
      found.set(program, origin);
    }
    return origin;
  };

  function originOf(program: number): OwnOrigin | null {
    const identity = known.get(program);
    const pin = view.pins
      .program(program)
      ?.find((path) => !path.startsWith(undo) && view.ownsPin(path, { program, link: null }));
    const pinned: OwnSource | null = pin === undefined ? null : { pinned: pin };
    if (identity === undefined) {
      return pinned === null ? null : { source: pinned, family: `id ${program}`, policyProgram: null };
    }
    const { object, policyProgram } = identity;
    const family = `${object}:${identity.function}`;
    const source = isUnchanged(context, identity) ? { object, program: identity.function ?? '' } : pinned;
    return { source, family, policyProgram };
  }
}

/** Whether the file still has what was loaded from it. */
function isUnchanged(context: Context, identity: Identity): boolean {
  if (identity.digest === null || identity.function === null) return false;
  try {
    const { origin } = chooseProgram(context, identity.object, identity.function, 'export');
    return origin.digest === identity.digest;
  } catch (error) {
    if (MprogError.is(error)) return false;
    throw error;
  }
}
