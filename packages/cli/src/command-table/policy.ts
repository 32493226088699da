import type { CommandGroup } from '../command-line/declaration.js';
import { argument, value } from '../command-line/values.js';

/** Policies: the order said once. */
export const policy: CommandGroup = {
  groups: [{ path: ['policy'], summary: 'check policy files' }],
  commands: [
    {
      path: ['policy', 'check'],
      summary: 'find everything that is wrong in a policy file, with line and column',
      description: [
        'Nothing is loaded or changed. Devices, cgroups and namespaces are looked for on this host; a pattern that nothing matches is a warning, all else an error.',
      ],
      arguments: [argument(value.policy, 'the policy file; - for the standard input')],
      options: [],
      examples: [
        {
          line: 'mprog policy check mprog.yaml',
          meaning: 'a line for each error and warning; exit status 1 for errors',
        },
        { line: 'mprog policy check - -o json', meaning: 'what comes through a pipe, for a script' },
      ],
      without: ['state', 'quiet'],
      load: () => import('../commands/policy-check.js'),
    },
    {
      path: ['policy', 'schema'],
      summary: 'print the JSON Schema of policy files, for editors',
      arguments: [],
      options: [],
      examples: [
        {
          line: 'mprog policy schema > mprog-policy.schema.json',
          meaning: 'then begin a policy with: # yaml-language-server: $schema=mprog-policy.schema.json',
        },
      ],
      without: ['kernel', 'netns', 'state', 'output', 'quiet'],
      load: () => import('../commands/policy-schema.js'),
    },
  ],
};
