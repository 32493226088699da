import { clip } from '@mprog/core/clip';
import { nearest } from '@mprog/manager/nearest';
import type { CommandDeclaration } from './declaration.js';

/**
 * What is wrong with a value of `--kernel`, or null.
 *
 * @param command a command that makes a host of its own takes `simulated`, every other one the host of a state file
 */
export function kernelProblem(
  text: string,
  command: Pick<CommandDeclaration, 'ownHost' | 'path'>,
): string | null {
  const own = command.ownHost === true;
  const simulated = own ? 'simulated' : 'simulated:FILE';
  if (text === 'linux' || (own ? text === 'simulated' : /^simulated:./s.test(text))) return null;
  return `takes linux or ${simulated}, not ${JSON.stringify(clip(text))}${advice(text, own, command)}`;
}

function advice(text: string, own: boolean, { path }: Pick<CommandDeclaration, 'path'>): string {
  if (!text.startsWith('simulated')) {
    const near = nearest(text, ['linux', 'simulated']);
    return near === null ? '' : `; did you mean ${near}?`;
  }
  return own
    ? `; ${path.join(' ')} makes a host of its own and uses no state file`
    : '; name the file that holds the simulated host';
}
