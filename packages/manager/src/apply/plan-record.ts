import type { HostView } from '../host/host-view.js';
import type { Place } from '../host/place.js';
import type { JournalMember, JournalPlan } from '../journal/journal-plan.js';
import type { JournalIntent } from '../journal/journal-record.js';
import type { Entry } from '../planner/problem.js';
import { describeStep } from '../plans/describe-step.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import type { Errand } from './errand.js';

/** The first record of a plan: everything that is about to happen to one hook. */
export function planIntent(errand: Errand, { view, problem, plan }: PlannedHook): JournalIntent {
  const { hook, programs, record } = errand;
  const today = problem.problem.today;
  const before = problem.places.map((place, index) => memberOfPlace(view, place, today[index]!));
  const after = plan.target.map((entry): JournalMember => {
    const index = today.findIndex(({ slot }) => slot === entry.slot);
    const place = problem.places[index];
    const was = today[index];
    const stays = was?.key === entry.key && !was.standIn && !was.outdated;
    const program = stays ? place!.program : programs.program(entry.key).id;
    return {
      program,
      name: view.program(program).name,
      key: entry.key,
      kind: entry.kind,
      link: place?.link ?? null,
      pin: entry.kind === 'link' && entry.role === 'own' ? problem.pinOf(entry.key) : (place?.pin ?? null),
      own: entry.role === 'own',
      standIn: entry.standIn,
    };
  });
  const changes = directChanges(before, after);
  // A kill between two steps leaves what is there only meanwhile.
  const meanwhile = plan.steps.flatMap((step) => {
    const content = step.kind === 'insert' ? step.entry : step.kind === 'replace' ? step.by : null;
    return content === null || content.kind === 'link' || content.standIn
      ? []
      : [programs.program(content.key).id];
  });
  let state: readonly Entry[] = today;
  const steps = plan.steps.map((step) => {
    const words = describeStep(step, state, problem.nameOf);
    state = step.after;
    return words;
  });
  return {
    operation: 'plan',
    hook: hook.text,
    netnsInode: hook.netnsInode,
    ifindex: hook.ifindex,
    cgroupId: hook.cgroupId,
    program: null,
    object: null,
    digest: null,
    function: null,
    policyProgram: null,
    replaced: null,
    link: null,
    pin: null,
    revisionBefore: String(problem.chain.revision),
    plan: {
      ...record,
      strategy: plan.strategy,
      before,
      after,
      steps,
      ...changes,
      attaches: [...new Set([...changes.attaches, ...meanwhile])],
    },
  };
}

/** A place as the journal keeps it. */
export function memberOfPlace(
  view: HostView,
  place: Place,
  entry: Pick<Entry, 'role' | 'standIn'>,
): JournalMember {
  const { program, key, kind, link, pin } = place;
  return {
    program,
    name: view.program(program).name,
    key,
    kind,
    link,
    pin,
    own: entry.role !== 'wall',
    standIn: entry.standIn,
  };
}

/** Programs of ours that come onto a hook without a link, and that go. */
export function directChanges(
  before: readonly JournalMember[],
  after: readonly JournalMember[],
): Pick<JournalPlan, 'attaches' | 'detaches'> {
  const direct = (members: readonly JournalMember[]) =>
    members.flatMap(({ kind, own, program, standIn }) =>
      kind === 'direct' && own && !standIn && program !== null ? [program] : [],
    );
  const had = direct(before);
  const has = direct(after);
  return { attaches: has, detaches: had.filter((id) => !has.includes(id)) };
}
