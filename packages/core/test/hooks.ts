import { type Attachment, Hook, MprogError } from '../src/index.js';

/** A handler that may give a text as its verdict. */
export type Step = (trail: string[]) => string | undefined;

/** A handler that leaves its name in the trail. */
export function step(name: string, verdict?: string): Step {
  return (trail) => {
    trail.push(name);
    return verdict;
  };
}

/** The names that the handlers of a run leave, in order. */
export function trailOf(hook: Hook<Step>): string {
  const trail: string[] = [];
  hook.run(trail);
  return trail.join(' ');
}

/** The names of the attachments, in order. */
export function namesOf(hook: Hook<Step>): string {
  return hook
    .query()
    .attachments.map(({ name }) => name)
    .join(' ');
}

/** A hook named `test` with handlers of the given names. */
export function hookOf(
  names: string,
  capacity = 63,
): { hook: Hook<Step>; at: Record<string, Attachment<Step>> } {
  const hook = new Hook<Step>({ name: 'test', capacity });
  const at: Record<string, Attachment<Step>> = {};
  for (const name of names.split(' ').filter(Boolean)) at[name] = hook.attach(step(name), { name });
  return { hook, at };
}

/** The error that `act` throws. */
export function errorOf(act: () => unknown): MprogError {
  try {
    act();
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('there was no error');
}
