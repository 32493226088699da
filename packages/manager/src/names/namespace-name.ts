import { clip } from '@mprog/core';
import type { NamespaceSelector } from '@mprog/kernel';
import { refusal } from '../manager-error.js';
import { escapeGlob } from './glob.js';
import { literalName } from './literal-name.js';

/**
 * Reads how a network namespace is named: `blue` (under `/run/netns`), `pid:412`, `inode:4026532301`; behind the `%`
 * of a hook and in `--netns` alike. A `\` takes the meaning from the character behind it.
 *
 * @throws MprogError `ERR_HOOK_NAME`
 */
export function parseNamespace(text: string): NamespaceSelector {
  const operation = `read namespace ${JSON.stringify(clip(text))}`;
  const number = /^(pid|inode):(.*)$/s.exec(text);
  if (number !== null) {
    const digits = number[2]!;
    if (!/^[1-9][0-9]{0,18}$/.test(digits)) {
      throw refusal(
        'ERR_HOOK_NAME',
        operation,
        `${number[1]}: wants a number, not ${JSON.stringify(clip(digits))}`,
        {
          remedy: `write it in decimal, for example ${number[1]}:${number[1] === 'pid' ? '412' : '4026532301'}`,
        },
      );
    }
    return Object.freeze(number[1] === 'inode' ? { inode: digits } : { pid: Number(digits) });
  }
  const name = literalName(text, operation);
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw refusal('ERR_HOOK_NAME', operation, 'this is no name of a namespace', {
      remedy: 'write a name under /run/netns, pid:N or inode:N',
    });
  }
  return Object.freeze({ name });
}

/** Writes a namespace as {@link parseNamespace} reads it. */
export function formatNamespace(namespace: NamespaceSelector): string {
  if ('pid' in namespace) return `pid:${namespace.pid}`;
  if ('inode' in namespace) return `inode:${namespace.inode}`;
  return escapeGlob(namespace.name, '%').replace(/^(pid|inode):/, '$1\\:');
}
