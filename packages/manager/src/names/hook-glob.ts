import { clip } from '@mprog/core';
import type { NamespaceSelector, NetworkNamespace } from '@mprog/kernel';
import { refusal } from '../manager-error.js';
import { compileGlob, type Glob } from './glob.js';
import { splitUnescaped } from './literal-name.js';
import { parseNamespace } from './namespace-name.js';

/** What a pattern of hooks looks at: the hook without its namespace. */
export interface HookWords {
  readonly layer: string;
  readonly direction: string;
  readonly target: string;
}

/** A pattern of hooks, as `mprog ls` takes it. */
export interface HookGlob {
  readonly text: string;
  /** Namespace behind the `%` when it names just one; null without a `%` or with a wildcard there. */
  readonly namespace: NamespaceSelector | null;
  /** Whether it has a `%`, so that it looks elsewhere than in the caller's namespace. */
  readonly namesNamespace: boolean;
  /** Whether it can match a hook of a cgroup, by what it begins with. */
  readonly mayMatchCgroups: boolean;
  /** Whether it matches the hook, whatever its namespace. */
  matches(hook: HookWords): boolean;
  /** Whether a wildcard behind the `%` takes in a namespace, by its name or as `inode:N`. */
  matchesNamespace(namespace: NetworkNamespace): boolean;
}

/**
 * Compiles a pattern of hooks: the whole name (`tcx/*@eth0`), or the target alone, which means all its hooks (`eth0`,
 * `veth*`). `*` does not stop at `/` or `@`. A namespace behind `%` may be a pattern too (`eth0%b*`).
 *
 * @throws MprogError `ERR_HOOK_NAME` for an empty one and for a namespace that is none
 */
export function hookGlob(text: string): HookGlob {
  const [hookText, namespaceText] = splitUnescaped(text, '%');
  if (hookText === '') {
    throw refusal('ERR_HOOK_NAME', `read pattern ${JSON.stringify(clip(text))}`, 'it names no hook', {
      remedy: "write a device (eth0), a pattern ('veth*') or a hook (tcx/ingress@eth0)",
    });
  }
  const glob = compileGlob(hookText);
  const namespaceGlob: Glob | null = namespaceText === null ? null : compileGlob(namespaceText);
  const namespace =
    namespaceText === null || namespaceGlob?.literal === null ? null : parseNamespace(namespaceText);
  return Object.freeze({
    text,
    namespace,
    namesNamespace: namespaceText !== null,
    mayMatchCgroups: ['cgroup/', '/'].some(
      (begin) => glob.prefix.startsWith(begin) || begin.startsWith(glob.prefix),
    ),
    matches: ({ layer, direction, target }: HookWords) =>
      glob.test(target) || glob.test(`${layer}/${direction}@${target}`),
    matchesNamespace: ({ name, inode }: NetworkNamespace) =>
      namespaceGlob !== null &&
      ((name !== null && namespaceGlob.test(name)) || namespaceGlob.test(`inode:${inode}`)),
  });
}
