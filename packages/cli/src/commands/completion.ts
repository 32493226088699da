import type { Invocation } from '../command-line/invocation.js';
import { completionScripts, type Shell } from '../completion/scripts.js';
import type { Output } from '../render/output.js';

export function run(invocation: Invocation, output: Output): number {
  output.text(completionScripts[invocation.argument('SHELL') as Shell]);
  return 0;
}
