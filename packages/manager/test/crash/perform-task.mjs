// What the managers of the crash tests are told to do.
import { readFileSync } from 'node:fs';
import { readPolicy } from '@mprog/manager/policy';

/** Carries a task out and returns what came of it, hook by hook. */
export function performTask(manager, { kind, ...task }) {
  if (kind === 'move') {
    const { outcome } = manager.move(task.hook, task.reference, task.options);
    return [told(outcome)];
  }
  if (kind === 'undo') return [...manager.undo(manager.planUndo())].map(told);
  const { directory, force } = task;
  const file = 'policy.yaml';
  const read = readPolicy({ bytes: readFileSync(`${directory}/${file}`), file, directory });
  if (read.policy === null) throw new Error(JSON.stringify(read.problems));
  return [...manager.apply(manager.plan(read.policy), { force })].map(told);
}

function told({ outcome, attempts, error }) {
  return { outcome, attempts, error };
}
