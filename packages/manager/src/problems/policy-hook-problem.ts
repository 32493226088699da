import type { Context } from '../context.js';
import type { HookHistory } from '../history/hook-history.js';
import type { Chain } from '../host/chain.js';
import { describeAttachment, describeList } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import { refusal } from '../manager-error.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { StandIns } from '../pins/stand-ins.js';
import type { Wanted } from '../planner/problem.js';
import type { Policy, PolicyHook, PolicyMatch } from '../policy/policy.js';
import { buildProblem, type Classification } from './build-problem.js';
import type { HookProblem } from './hook-problem.js';
import { interruptedPrograms } from './interrupted-programs.js';
import { lostPrograms } from './lost-programs.js';
import { aliasedClaim, aliasedConstraints } from './match-aliases.js';
import { matchesMember } from './match-member.js';
import type { OwnProgram } from './own-program.js';
import { pinsOfMembers } from './pins-of-members.js';
import { keyOf } from './program-key.js';
import { type MemberReading, readMembers } from './read-members.js';
import { recordedPlace } from './recorded-place.js';

/** A hook that an entry of a policy means. */
export interface PolicyTarget {
  readonly hook: FoundHook;
  readonly entry: PolicyHook;
}

/** What problems of a policy are made from, for all its hooks. */
export interface PolicyMaterial {
  readonly context: Context;
  readonly policy: Policy;
  readonly desired: ReadonlyMap<string, OwnProgram>;
  readonly standIns: StandIns;
  readonly pins: OwnPins;
  readonly history: HookHistory;
  readonly operation: string;
}

/**
 * What a policy asks of one hook.
 *
 * @throws MprogError `ENOENT` for a required program that is absent, `ERR_AMBIGUOUS` for several that one `match` fits
 */
export function policyHookProblem(
  material: PolicyMaterial,
  view: HostView,
  { hook, entry }: PolicyTarget,
  chain: Chain,
): HookProblem {
  const { context, policy, desired, standIns, pins, history, operation } = material;
  const members = readMembers(context, view, hook, chain, standIns, pins);
  const own = entry.names.flatMap((name) => desired.get(name) ?? []);
  const matches = entry.names.flatMap((name) => {
    const program = policy.programs.get(name);
    return program?.kind === 'match' ? [program] : [];
  });
  const kind = entry.attach === 'link' ? 'link' : 'direct';
  const found = members.map((reading) => {
    const program = own.find(({ versions }) => versions.has(reading.original));
    const match = program === undefined ? matchOf(view, reading, matches) : null;
    return { reading, program, match };
  });
  // Programs of ours that the policy does not name as such, and whose move was cut off.
  const last = history.last(hook);
  const isKept = (program: number) =>
    !own.some(({ versions }) => versions.has(program)) &&
    (entry.others !== 'remove' || matchOfProgram(view, program, matches) !== null);
  const interrupted = new Map([...interruptedPrograms(last, members)].filter(([program]) => isKept(program)));
  const lost = lostPrograms(context, last, members).filter(({ program }) => isKept(program));
  checkMatches(
    matches,
    found,
    lost.flatMap(({ program }) => matchOfProgram(view, program, matches) ?? []),
    operation,
  );
  const classes = found.map(({ reading, program, match }): Classification => {
    const { original, ours } = reading;
    if (program !== undefined) {
      const outdated = ours && program.versions.get(original) === 'older';
      return { key: program.name, role: ours ? 'own' : 'wall', outdated };
    }
    if (interrupted.has(original)) return { key: keyOf(original), role: 'own', outdated: false };
    const key = match?.name ?? keyOf(original);
    const leaves = entry.others === 'remove' && match === null;
    return { key, role: leaves ? 'leaving' : 'wall', outdated: false };
  });
  const walls = new Set(classes.flatMap(({ key, role }) => (role === 'wall' ? key : [])));
  const wanted: Wanted[] = [
    ...own.filter(({ name }) => !walls.has(name)).map(({ name }) => ({ key: name, kind }) as const),
    ...[...interrupted].map(([original, kind]) => ({ key: keyOf(original), kind })),
  ];
  wanted.push(...lost.map(({ key, kind }) => ({ key, kind })));
  const strays = [...interrupted.keys(), ...lost.map(({ program }) => program)];
  const aliases = new Map(
    matches.map((match) => [
      match.name,
      strays.filter((program) => matchOfProgram(view, program, matches) === match).map(keyOf),
    ]),
  );
  const missing = new Set(
    wanted.map(({ key }) => key).filter((key) => classes.every((one) => one.key !== key)),
  );
  return buildProblem({
    hook,
    chain,
    members,
    classes,
    wanted,
    constraints: aliasedConstraints(entry.constraints, aliases),
    first: aliasedClaim(entry.first, aliases),
    last: aliasedClaim(entry.last, aliases),
    strategy: entry.strategy,
    preferred: last === null ? [] : recordedPlace(last.ended ? last.plan.after : last.plan.before, missing),
    nameOf: namesOf(members, classes),
    pinOf: pinsOfMembers(members, last, (key) => pins.linkOf(hook, key)),
    notes: notesOf(members, classes, entry, walls, own, (id) => view.claims.loaded(id)),
  });
}

interface Found {
  readonly reading: MemberReading;
  readonly program: OwnProgram | undefined;
  readonly match: PolicyMatch | null;
}

function matchOf(
  view: HostView,
  { member, original, standIn }: MemberReading,
  matches: readonly PolicyMatch[],
): PolicyMatch | null {
  if (standIn) return matchOfProgram(view, original, matches);
  return matches.find(({ match }) => matchesMember(view, member, match)) ?? null;
}

function matchOfProgram(
  view: HostView,
  program: number,
  matches: readonly PolicyMatch[],
): PolicyMatch | null {
  const member = { program: view.program(program), link: null };
  return matches.find(({ match }) => matchesMember(view, member, match)) ?? null;
}

function checkMatches(
  matches: readonly PolicyMatch[],
  found: readonly Found[],
  lost: readonly PolicyMatch[],
  operation: string,
): void {
  for (const match of matches) {
    const matched = found.filter((one) => one.match === match).map(({ reading }) => reading);
    // A program whose move was cut off is there several times, and is one.
    const members = matched
      .filter(({ original }, index) => matched.findIndex((other) => other.original === original) === index)
      .map(({ member }) => member);
    const where = match.source.where;
    if (members.length === 0 && !match.optional && !lost.includes(match)) {
      throw refusal('ENOENT', operation, `${match.name} (${where}) is not on the hook`, {
        remedy: `attach it, or say optional: true; here are ${describeList(found.map(({ reading }) => describeAttachment(reading.member))) || 'no programs'}`,
      });
    }
    if (members.length > 1 && !match.many) {
      const candidates = members.map(describeAttachment);
      throw refusal(
        'ERR_AMBIGUOUS',
        operation,
        `${match.name} (${where}) means several programs: ${describeList(candidates)}`,
        { remedy: 'describe it more closely, or say many: true', data: { candidates } },
      );
    }
  }
}

/** What keys are called in sentences: those of a policy as it calls them, the others by id and name. */
export function namesOf(
  members: readonly MemberReading[],
  classes: readonly Classification[],
): (key: string) => string {
  const names = new Map<string, string>();
  for (const [index, { member, standIn }] of members.entries()) {
    const { key } = classes[index]!;
    if (key.startsWith('id:') && !standIn) names.set(key, describeAttachment({ ...member, link: null }));
  }
  return (key) => names.get(key) ?? key;
}

function notesOf(
  members: readonly MemberReading[],
  classes: readonly Classification[],
  { others }: PolicyHook,
  walls: ReadonlySet<string>,
  own: readonly OwnProgram[],
  isRecorded: (program: number) => boolean,
): readonly string[] {
  const notes: string[] = [];
  for (const [index, { member, standIn, pin }] of members.entries()) {
    const { key, role } = classes[index]!;
    if (standIn) notes.push(`${describeAttachment(member)} is a stand-in that an earlier change has left`);
    else if (role === 'wall' && key.startsWith('id:') && pin !== null && !isRecorded(member.program.id)) {
      notes.push(
        `${describeAttachment(member)} is held by our pin ${pin}, but where it comes from is not recorded, so it stays`,
      );
    } else if (role === 'wall' && key.startsWith('id:') && others === 'report') {
      notes.push(`${describeAttachment(member)} is not in the policy`);
    }
  }
  for (const { name } of own.filter(({ name }) => walls.has(name))) {
    notes.push(`${name} was put here by somebody else, so it stays where it is`);
  }
  return notes;
}
