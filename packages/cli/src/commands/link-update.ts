import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { chainOptions, changeCommand } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  return changeCommand(invocation, output, {
    use: 'attach',
    ids: 'links',
    change: (manager) =>
      manager.updateLink(
        invocation.argument('LINK'),
        invocation.argument('PROGRAM'),
        chainOptions(invocation),
      ),
  });
}
