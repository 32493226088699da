import type { CommandGroup } from '../command-line/declaration.js';
import { argument, option, value } from '../command-line/values.js';
import { ownership } from './paragraphs.js';

/** Links: `mprog link …`. */
export const link: CommandGroup = {
  groups: [{ path: ['link'], summary: 'list, change, pin and remove links' }],
  commands: [
    {
      path: ['link', 'ls'],
      summary: 'list all links',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog link ls', meaning: 'id, program, hook and pins of every link' }],
      load: () => import('../commands/link-ls.js'),
    },
    {
      path: ['link', 'show'],
      summary: 'show one link',
      arguments: [argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program')],
      options: [],
      examples: [{ line: 'mprog link show link:7', meaning: 'its program, hook and pins' }],
      load: () => import('../commands/link-show.js'),
    },
    {
      path: ['link', 'update'],
      summary: 'give a link another program, in place',
      description: ['There is no moment in which neither program runs.', ownership],
      arguments: [
        argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program'),
        argument(value.program, 'the program that takes over'),
      ],
      options: [option.revision, option.force, option.dryRun],
      examples: [{ line: 'mprog link update link:7 fw2.o', meaning: 'load fw2.o and let link 7 run it' }],
      load: () => import('../commands/link-update.js'),
    },
    {
      path: ['link', 'detach'],
      summary: 'detach what a link holds, and remove our pins of it',
      description: [ownership],
      arguments: [argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program')],
      options: [option.force, option.dryRun],
      examples: [{ line: 'mprog link detach link:7', meaning: 'its program leaves the hook' }],
      load: () => import('../commands/link-detach.js'),
    },
    {
      path: ['link', 'pin'],
      summary: 'pin a link, so that it outlives its holder',
      description: [ownership, 'A pin below mprog/ makes a link ours.'],
      arguments: [
        argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program'),
        argument(value.pin, 'where, on bpffs'),
      ],
      options: [option.force, option.dryRun],
      examples: [
        { line: 'mprog link pin link:7 /sys/fs/bpf/mprog/links/fw', meaning: 'hold link 7 by a pin' },
      ],
      load: () => import('../commands/link-pin.js'),
    },
    {
      path: ['link', 'unpin'],
      summary: 'remove a pin of a link; the last holder gone, the link detaches',
      arguments: [argument(value.pin, 'the pin')],
      options: [option.force, option.dryRun],
      examples: [{ line: 'mprog link unpin /sys/fs/bpf/mprog/links/fw', meaning: 'drop this reference' }],
      load: () => import('../commands/link-unpin.js'),
    },
    {
      path: ['link', 'prune'],
      summary: 'remove our pins of links that are defunct',
      description: ['A link is defunct when what it was attached to is gone.'],
      arguments: [],
      options: [option.dryRun],
      examples: [{ line: 'mprog link prune --dry-run', meaning: 'show which pins would go' }],
      load: () => import('../commands/link-prune.js'),
    },
  ],
};
