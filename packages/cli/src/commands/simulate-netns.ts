import { parseNamespace } from '@mprog/manager';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { simulate } from '../simulate.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const name = invocation.argument('NAME');
  if (invocation.command.path.at(-1) === 'remove') {
    const namespace = parseNamespace(name);
    return simulate(invocation, output, (shape) => {
      shape.removeNamespace(namespace);
      return {
        sentence: `removed namespace ${name} and its devices`,
        data: { removed: 'netns', name },
        id: null,
      };
    });
  }
  return simulate(invocation, output, (shape) => {
    const { inode } = shape.addNamespace(name);
    return {
      sentence: `added namespace ${name} (inode ${inode})`,
      data: { added: 'netns', name, netnsInode: inode },
      id: inode,
    };
  });
}
