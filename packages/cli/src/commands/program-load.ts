import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { changeCommand, changeOptions } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  return changeCommand(invocation, output, {
    use: 'load',
    ids: 'programs',
    change: (manager) =>
      manager.loadProgram(invocation.argument('FILE.o[:PROGRAM]'), {
        ...changeOptions(invocation),
        pin: invocation.option('pin') ?? '',
      }),
  });
}
