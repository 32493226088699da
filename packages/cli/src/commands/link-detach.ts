import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { changeCommand, changeOptions } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  return changeCommand(invocation, output, {
    use: 'query',
    ids: 'links',
    change: (manager) => manager.detachLink(invocation.argument('LINK'), changeOptions(invocation)),
  });
}
