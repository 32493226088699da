import { MprogError } from '@mprog/core';
import type { MapInfo } from '@mprog/kernel';
import type { Context } from '../context.js';
import { refusal } from '../manager-error.js';
import type { Policy, PolicyObject, PolicyPinned } from '../policy/policy.js';
import { chooseProgram } from '../resolve/object-file.js';
import { loadedAs, type RuledHook } from '../rules/layer-rules.js';
import type { DesiredObject, DesiredPinned, DesiredProgram, ProgramVersion } from './desired-program.js';
import { findVersions, isVersion, type Sought } from './find-versions.js';
import { type Identity, identities } from './identity.js';
import { planMaps } from './plan-maps.js';
import { programPin, readProgramPin } from './program-pin.js';

/** What a policy's own programs are on a host. */
export interface DesiredPrograms {
  /** By name; those of which something is wrong are missing. */
  readonly programs: ReadonlyMap<string, DesiredProgram>;
  /** What is wrong with one each, by name. */
  readonly errors: ReadonlyMap<string, MprogError>;
}

/**
 * Compares the programs that hooks of a policy need with what the host has of them. Nothing is loaded.
 *
 * @param needed programs that some hook needs, by name, with a hook that each is for; foreign ones are passed over
 * @throws MprogError when the journal can't be read
 */
export function desiredPrograms(
  context: Context,
  policy: Policy,
  needed: ReadonlyMap<string, RuledHook>,
): DesiredPrograms {
  const known = identities(context.journal.read());
  const programs = new Map<string, DesiredProgram>();
  const errors = new Map<string, MprogError>();
  for (const program of policy.programs.values()) {
    const hook = needed.get(program.name);
    if (hook === undefined || program.kind === 'match') continue;
    try {
      const desired =
        program.kind === 'pinned'
          ? desiredPinned(context, program)
          : desiredObject(context, known, policy, program, hook);
      programs.set(program.name, desired);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      errors.set(program.name, error);
    }
  }
  return { programs, errors };
}

function desiredPinned(context: Context, { name, path, source }: PolicyPinned): DesiredPinned {
  const operation = `plan program ${name} (${source.where})`;
  const found = readProgramPin(context, path);
  if (found.kind === 'nothing') throw refusal('ENOENT', operation, `nothing is pinned at ${path}`);
  if (found.kind === 'other')
    throw refusal('EINVAL', operation, `what is at ${path} is ${found.what}, no program`);
  const { id } = found;
  return {
    kind: 'pinned',
    name,
    action: 'none',
    id,
    versions: new Map([[id, 'current']]),
    pin: path,
    maps: [],
    notes: [],
  };
}

function desiredObject(
  context: Context,
  known: ReadonlyMap<number, Identity>,
  policy: Policy,
  wanted: PolicyObject,
  hook: RuledHook,
): DesiredObject {
  const { name } = wanted;
  const operation = `plan program ${name} (${wanted.source.where})`;
  const { bytes, program, origin } = chooseProgram(context, wanted.path, wanted.program, operation, {
    hook,
    inPolicy: true,
  });
  const as = loadedAs(hook, program, operation);
  const pin = programPin(context, name, operation);
  const at = readProgramPin(context, pin);
  if (at.kind === 'other') {
    throw refusal('EEXIST', operation, `${pin} is taken by ${at.what}`, {
      remedy: 'remove it, or call the program otherwise',
    });
  }
  const pinned = at.kind === 'program' ? at.id : null;
  const sought: Sought = { name, origin, names: new Set(policy.programs.keys()), pinned };
  const notes: string[] = [];
  if (pinned !== null) {
    const identity = known.get(pinned);
    if (identity === undefined) {
      notes.push(`where id:${pinned} at ${pin} comes from is not recorded, so it counts as an older version`);
    } else if (!isVersion(identity, sought)) {
      const what = `${pin} is taken by id:${pinned}, which was loaded from ${describeIdentity(identity)}`;
      throw refusal('EEXIST', operation, what, { remedy: 'unpin it, or call the program otherwise' });
    }
  }
  const versions = findVersions(context, known, sought);
  const id = chooseVersion(versions, pinned);
  const action = id === null ? 'load' : versions.get(id) === 'current' ? 'none' : 'update';
  const older = action === 'update' && wanted.maps === 'reuse' ? mapsOf(context, id!) : [];
  const objectMaps = action === 'none' ? [] : context.kernel.host.objects.inspectMaps(bytes, wanted.path);
  const { maps, problems } = planMaps(objectMaps, older);
  if (problems.length > 0) {
    const reasons = problems.map(
      (problem) => `map ${problem.name} of id:${id} can't go on: ${problem.reason}`,
    );
    throw refusal('EINVAL', operation, reasons.join('; '), {
      remedy: 'say maps: fresh to begin with empty maps',
      data: { maps: problems.map((problem) => problem.name) },
    });
  }
  return { kind: 'object', name, origin, program, as, bytes, action, id, versions, pin, pinned, maps, notes };
}

/** The version that hooks share: a current one before an older one, the one that is pinned before others, then the latest. */
function chooseVersion(versions: ReadonlyMap<number, ProgramVersion>, pinned: number | null): number | null {
  for (const kind of ['current', 'older'] as const) {
    if (pinned !== null && versions.get(pinned) === kind) return pinned;
    const latest = [...versions].filter(([, version]) => version === kind).at(-1);
    if (latest !== undefined) return latest[0];
  }
  return null;
}

function mapsOf({ kernel }: Context, id: number): readonly MapInfo[] {
  using program = kernel.programs.open(id);
  return kernel.programs.info(program.fd).mapIds.map((mapId) => {
    using map = kernel.maps.open(mapId);
    return kernel.maps.info(map.fd);
  });
}

function describeIdentity(identity: Identity): string {
  const from = identity.function === null ? identity.object : `${identity.object}:${identity.function}`;
  return identity.policyProgram === null ? from : `${from} as ${identity.policyProgram}`;
}
