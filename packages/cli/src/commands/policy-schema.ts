import { policyJsonSchema } from '@mprog/manager/policy';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';

export function run(_invocation: Invocation, output: Output): number {
  output.text(`${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  return 0;
}
