import type { CommandGroup } from '../command-line/declaration.js';

/** What is about no hook: the demo, the kernel, and the command itself. */
export const general: CommandGroup = {
  groups: [],
  commands: [
    {
      path: ['demo'],
      summary: 'watch a chain being ordered, with packets',
      description: [
        'With the rights it runs on the real kernel, in a private network namespace that is gone with the process; without them on the simulated kernel. It says which, and leaves nothing behind.',
      ],
      arguments: [],
      options: [],
      examples: [{ line: 'mprog demo', meaning: 'takes some seconds' }],
      without: ['netns', 'state', 'output', 'quiet'],
      ownHost: true,
      load: () => import('../commands/demo.js'),
    },
    {
      path: ['probe'],
      summary: 'say what this kernel offers, and what it would take',
      description: ['It changes nothing and needs no rights; ? is what it lacks the right to find out.'],
      arguments: [],
      options: [],
      examples: [{ line: 'mprog probe', meaning: 'tcx, netkit, cgroups, links, bpffs, libbpf' }],
      load: () => import('../commands/probe.js'),
    },
    {
      path: ['version'],
      summary: 'print the versions of mprog, Node and the kernel',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog version -o json', meaning: 'for a bug report' }],
      load: () => import('../commands/version.js'),
    },
    {
      path: ['help'],
      summary: 'explain a command',
      arguments: [
        {
          placeholder: 'COMMAND',
          kind: 'command',
          summary: 'words of the command; the overview without',
          optional: true,
          repeated: true,
        },
      ],
      options: [],
      examples: [{ line: 'mprog help link update', meaning: 'the same as mprog link update --help' }],
      without: ['output', 'quiet'],
      load: () => import('../commands/help.js'),
    },
    {
      path: ['completion'],
      summary: 'print a completion script for a shell',
      arguments: [
        {
          placeholder: 'SHELL',
          kind: 'choice',
          choices: ['bash', 'zsh', 'fish'],
          summary: 'bash, zsh or fish',
        },
      ],
      options: [],
      examples: [
        {
          line: 'source <(mprog completion bash)',
          meaning: 'for this bash; or save it below /etc/bash_completion.d/',
        },
        {
          line: 'mprog completion zsh > ~/.zfunc/_mprog',
          meaning: 'for every new zsh that has ~/.zfunc in its fpath',
        },
        {
          line: 'mprog completion fish > ~/.config/fish/completions/mprog.fish',
          meaning: 'for every new fish',
        },
      ],
      without: ['output', 'quiet'],
      load: () => import('../commands/completion.js'),
    },
    {
      path: ['__complete'],
      summary: 'print the words that may stand at the end of a command line',
      arguments: [
        {
          placeholder: 'WORD',
          kind: 'text',
          summary: 'words up to the cursor',
          optional: true,
          repeated: true,
        },
      ],
      options: [],
      examples: [],
      hidden: true,
      verbatim: true,
      load: () => import('../commands/complete.js'),
    },
  ],
};
