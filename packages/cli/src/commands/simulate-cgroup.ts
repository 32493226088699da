import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { simulate } from '../simulate.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const path = invocation.argument('PATH');
  if (invocation.command.path.at(-1) === 'remove') {
    return simulate(invocation, output, (shape) => {
      shape.removeCgroup(path);
      return { sentence: `removed cgroup ${path}`, data: { removed: 'cgroup', path }, id: null };
    });
  }
  return simulate(invocation, output, (shape) => {
    const { id } = shape.addCgroup(path);
    return {
      sentence: `added cgroup ${path} (id ${id})`,
      data: { added: 'cgroup', path, cgroupId: id },
      id,
    };
  });
}
