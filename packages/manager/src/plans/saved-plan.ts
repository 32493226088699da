import { MprogError } from '@mprog/core';
import { z } from 'zod';
import { refusal } from '../manager-error.js';
import type { PolicySource } from '../policy/policy-source.js';
import type { HookPlan, PlanBase, PolicyPlan, ProgramPlan } from './policy-plan-data.js';

/** A plan with the policy that it was made of, as it is kept in a file. */
export interface SavedPlan {
  readonly source: PolicySource;
  readonly plan: PolicyPlan;
}

const shape = z.looseObject({
  version: z.literal(1),
  kind: z.literal('mprog plan'),
  policy: z.object({ file: z.string(), directory: z.string(), text: z.string() }),
  plan: z.looseObject({
    kernel: z.string(),
    bootId: z.string(),
    programs: z.array(z.looseObject({ name: z.string() })),
    hooks: z.array(z.looseObject({ hook: z.string(), base: z.looseObject({ revision: z.string() }) })),
  }),
});

/** Writes a plan with its policy as a JSON document. */
export function formatSavedPlan({ source, plan }: SavedPlan): string {
  const { file, directory, bytes } = source;
  const policy = { file, directory, text: new TextDecoder().decode(bytes) };
  return `${JSON.stringify({ version: 1, kind: 'mprog plan', policy, plan })}\n`;
}

/**
 * Reads a plan that was saved.
 *
 * @param path what messages call the file
 * @throws MprogError `ERR_INVALID_ARGUMENT` for what is no saved plan of this version
 */
export function parseSavedPlan(text: string, path: string): SavedPlan {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw noPlan(path, error);
  }
  const read = shape.safeParse(document);
  if (!read.success) throw noPlan(path, read.error);
  const { policy } = read.data;
  const bytes = new TextEncoder().encode(policy.text);
  return {
    source: { bytes, file: policy.file, directory: policy.directory },
    // It is compared with a fresh plan as a whole, so nothing of it is believed; its keys keep their order for that.
    plan: (document as { readonly plan: PolicyPlan }).plan,
  };
}

/**
 * Makes sure that a plan which was saved is the one that would be made now.
 *
 * @throws MprogError `ESTALE` with the first thing that differs
 */
export function requireSamePlan(saved: PolicyPlan, fresh: PolicyPlan, operation: string): void {
  const reason = difference(saved, fresh);
  if (reason === null) return;
  throw new MprogError('ESTALE', `${operation}: ${reason} (ESTALE); plan again`, { data: { reason } });
}

function difference(saved: PolicyPlan, fresh: PolicyPlan): string | null {
  if (saved.kernel !== fresh.kernel) return `it was made for ${saved.kernel}, and this is ${fresh.kernel}`;
  if (saved.bootId !== fresh.bootId) return 'the host was started again since it was made';
  return (
    listDifference(saved.programs, fresh.programs, ({ name }) => name, programDifference) ??
    listDifference(saved.hooks, fresh.hooks, ({ hook }) => hook, hookDifference) ??
    (isSame(saved.removes, fresh.removes) ? null : 'it removes other programs')
  );
}

function listDifference<One>(
  saved: readonly One[],
  fresh: readonly One[],
  nameOf: (one: One) => string,
  differ: (saved: One, fresh: One) => string | null,
): string | null {
  const known = new Map(saved.map((one) => [nameOf(one), one]));
  for (const one of fresh) {
    const old = known.get(nameOf(one));
    if (old === undefined) return `${nameOf(one)} was not there when it was made`;
    known.delete(nameOf(one));
    const reason = differ(old, one);
    if (reason !== null) return reason;
  }
  const [gone] = known.keys();
  return gone === undefined ? null : `${gone} is gone since it was made`;
}

function programDifference(saved: ProgramPlan, fresh: ProgramPlan): string | null {
  if (isSame(saved, fresh)) return null;
  if (saved.digest !== fresh.digest) return `${fresh.path} has changed since it was made`;
  return `program ${fresh.name} is not as it was when it was made`;
}

function hookDifference(saved: HookPlan, fresh: HookPlan): string | null {
  if (saved.base.revision !== fresh.base.revision) {
    return `revision of ${fresh.hook} is ${fresh.base.revision}, and it was made at ${saved.base.revision}`;
  }
  const members = ({ programs, links }: PlanBase) => [programs, links];
  if (!isSame(members(saved.base), members(fresh.base))) return `${fresh.hook} has other members`;
  return isSame(saved, fresh) ? null : `what is to be done on ${fresh.hook} has changed`;
}

/** Both come from the same code, so their keys are in the same order. */
function isSame(saved: unknown, fresh: unknown): boolean {
  return JSON.stringify(saved) === JSON.stringify(fresh);
}

function noPlan(path: string, cause: unknown): MprogError {
  return refusal('ERR_INVALID_ARGUMENT', `read plan ${path}`, 'it is no plan that was saved', {
    remedy: 'save one with: mprog plan FILE --out PLAN',
    cause,
  });
}
