import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { simulate } from '../simulate.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const device = invocation.argument('DEVICE');
  const present = invocation.command.path.at(-1) === 'add';
  return simulate(invocation, output, (shape, namespace) => {
    shape.setQdisc(device, 'clsact', present, namespace);
    return present
      ? { sentence: `put clsact on device ${device}`, data: { added: 'clsact', device }, id: null }
      : { sentence: `took clsact off device ${device}`, data: { removed: 'clsact', device }, id: null };
  });
}
