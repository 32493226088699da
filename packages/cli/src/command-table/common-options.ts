import type { OptionDeclaration } from '../command-line/declaration.js';

/** Options that every command takes, but for those that it is `without`. */
export const commonOptions: readonly OptionDeclaration[] = [
  {
    name: 'kernel',
    value: { placeholder: 'KERNEL', kind: 'kernel' },
    summary: 'linux (default), or simulated:FILE for the host that a state file holds',
  },
  {
    name: 'netns',
    value: { placeholder: 'NAME', kind: 'namespace' },
    summary: 'network namespace: a name, pid:N or inode:N',
  },
  {
    name: 'state',
    value: { placeholder: 'DIR', kind: 'directory' },
    summary: 'directory of the journal; /var/lib/mprog for root, else below the XDG state directory',
  },
  {
    name: 'output',
    short: 'o',
    value: { placeholder: 'FORMAT', kind: 'choice', choices: ['text', 'json'] },
    summary: 'text (default) or json',
  },
  { name: 'quiet', short: 'q', summary: 'print ids only' },
  { name: 'no-color', summary: 'no colours; the variable NO_COLOR does the same' },
  { name: 'help', short: 'h', summary: 'explain the command' },
];
