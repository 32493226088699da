import type { ArgumentDeclaration, OptionDeclaration, ValueDeclaration } from './declaration.js';

/** Values that several commands take. */
export const value: Readonly<
  Record<
    | 'hook'
    | 'attachedHook'
    | 'reference'
    | 'program'
    | 'link'
    | 'namespace'
    | 'device'
    | 'cgroup'
    | 'pin'
    | 'object'
    | 'file'
    | 'policy'
    | 'trace'
    | 'number',
    ValueDeclaration
  >
> = {
  hook: { placeholder: 'HOOK', kind: 'hook' },
  attachedHook: { placeholder: 'HOOK', kind: 'attached hook' },
  reference: { placeholder: 'REF', kind: 'reference' },
  program: { placeholder: 'PROGRAM', kind: 'program' },
  link: { placeholder: 'LINK', kind: 'link' },
  namespace: { placeholder: 'NAME', kind: 'namespace' },
  device: { placeholder: 'DEVICE', kind: 'device' },
  cgroup: { placeholder: 'PATH', kind: 'cgroup' },
  pin: { placeholder: 'PATH', kind: 'pin' },
  object: { placeholder: 'FILE.o[:PROGRAM]', kind: 'object' },
  file: { placeholder: 'FILE', kind: 'file' },
  policy: { placeholder: 'FILE', kind: 'policy' },
  trace: { placeholder: 'FILE', kind: 'trace' },
  number: { placeholder: 'N', kind: 'number' },
};

/** Options that several commands take. */
export const option: Readonly<
  Record<'first' | 'last' | 'revision' | 'dryRun' | 'force' | 'pin' | 'yes', OptionDeclaration>
> = {
  first: { name: 'first', summary: 'the first place of the chain' },
  last: { name: 'last', summary: 'the last place of the chain' },
  revision: {
    name: 'revision',
    value: value.number,
    summary: 'refuse unless the chain has this revision; by default the one that mprog read',
  },
  dryRun: { name: 'dry-run', summary: 'say what would be done, and do nothing' },
  force: { name: 'force', summary: 'also change what is not ours' },
  yes: { name: 'yes', short: 'y', summary: 'do not ask' },
  pin: { name: 'pin', value: value.pin, summary: 'absolute path below bpffs to pin it at' },
};

/** An argument that takes a value. */
export function argument(declaration: ValueDeclaration, summary: string): ArgumentDeclaration {
  return { ...declaration, summary };
}
