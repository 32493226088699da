import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { changeCommand } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  return changeCommand(invocation, output, {
    use: 'query',
    ids: 'links',
    change: (manager) => manager.pruneLinks({ dryRun: invocation.flag('dry-run') }),
    nothing: 'no link of ours is defunct',
  });
}
