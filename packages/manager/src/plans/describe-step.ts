import type { Step } from '../planner/chain-plan.js';
import type { Entry } from '../planner/problem.js';

/** One step in one sentence, `attach a stand-in of fw by a link, before id:7 cil_from_netdev`. */
export function describeStep(step: Step, before: readonly Entry[], nameOf: (key: string) => string): string {
  const { entry, index, kind } = step;
  const by = entry.kind === 'link' ? ' by a link' : '';
  if (kind === 'remove')
    return `detach ${contents(entry, nameOf)}${entry.kind === 'link' ? ' with its link' : ''}`;
  if (kind === 'replace')
    return `put ${contents(step.by, nameOf)} in the place of ${contents(entry, nameOf)}`;
  return `attach ${contents(entry, nameOf)}${by}, ${placeOf(index, before, nameOf)}`;
}

/** What is in a place, `the stand-in of fw` or `fw`. */
export function contents({ key, standIn, outdated }: Entry, nameOf: (key: string) => string): string {
  const name = nameOf(key);
  if (standIn) return `the stand-in of ${name}`;
  return outdated ? `another version of ${name}` : name;
}

function placeOf(index: number, before: readonly Entry[], nameOf: (key: string) => string): string {
  const next = before[index];
  const previous = before[index - 1];
  if (next !== undefined) return `before ${contents(next, nameOf)}`;
  return previous === undefined ? 'alone' : 'at the end';
}
