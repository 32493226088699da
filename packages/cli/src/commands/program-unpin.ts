import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { changeCommand, changeOptions } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  return changeCommand(invocation, output, {
    use: 'query',
    ids: 'programs',
    change: (manager) => manager.unpinProgram(invocation.argument('PATH'), changeOptions(invocation)),
  });
}
