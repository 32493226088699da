import type { CommandGroup } from '../command-line/declaration.js';
import { argument, option, value } from '../command-line/values.js';

/** Programs: `mprog program …`. */
export const program: CommandGroup = {
  groups: [{ path: ['program'], summary: 'list, load and unpin programs' }],
  commands: [
    {
      path: ['program', 'ls'],
      summary: 'list all programs of the kernel',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog program ls', meaning: 'id, type, name, tag and pins of every program' }],
      load: () => import('../commands/program-ls.js'),
    },
    {
      path: ['program', 'load'],
      summary: 'load a program from an object file and pin it',
      arguments: [argument(value.object, 'the object, and which of its programs where it has several')],
      options: [option.pin, option.dryRun],
      alternatives: [{ names: ['--pin'], required: true }],
      examples: [
        {
          line: 'mprog program load fw.o:fw_main --pin /sys/fs/bpf/mprog/programs/fw',
          meaning: 'ready to be attached',
        },
      ],
      load: () => import('../commands/program-load.js'),
    },
    {
      path: ['program', 'unpin'],
      summary: 'remove a pin of a program; hooks keep it',
      arguments: [argument(value.pin, 'the pin')],
      options: [option.force, option.dryRun],
      examples: [
        { line: 'mprog program unpin /sys/fs/bpf/mprog/programs/fw', meaning: 'drop this reference' },
      ],
      load: () => import('../commands/program-unpin.js'),
    },
  ],
};
