import type { CommandGroup } from '../command-line/declaration.js';
import { argument, option, value } from '../command-line/values.js';
import { consent } from './paragraphs.js';

/** Policies: the order said once. */
export const policy: CommandGroup = {
  groups: [{ path: ['policy'], summary: 'check policy files' }],
  commands: [
    {
      path: ['plan'],
      summary: 'show what a policy would change, and change nothing',
      description: [
        "Each hook's chain is shown as it is and as it will be: + attach, > move, ~ replace by a newer version or attach another way, - detach. Below it stand how many operations wait for RCU (some 8 ms each), which programs a packet may meet twice or not at all meanwhile, and the steps with the revision that each expects. Nothing is loaded into the kernel.",
        'With --exit-code the exit status is 3 when something would change, and 0 when nothing would. It is 1 when there is no plan for a hook, with the reason.',
      ],
      arguments: [argument(value.policy, 'the policy file; - for the standard input')],
      options: [
        { name: 'exit-code', summary: 'exit with status 3 when something would change' },
        {
          name: 'out',
          value: { placeholder: 'PLAN', kind: 'file' },
          summary: 'save the plan, for apply --plan',
        },
      ],
      examples: [
        { line: 'mprog plan mprog.yaml', meaning: 'what would change on this host' },
        {
          line: 'mprog plan mprog.yaml --exit-code -o json',
          meaning: 'for a script: status 3 when it differs',
        },
        { line: 'mprog plan mprog.yaml --out change.plan', meaning: 'keep it, to apply exactly this later' },
      ],
      without: ['quiet'],
      load: () => import('../commands/plan.js'),
    },
    {
      path: ['apply'],
      summary: 'change hooks to what a policy says',
      description: [
        'The plan is shown first. Programs are loaded once per host and shared by all hooks; a hook that is as the policy wants it sees no call that changes anything. Every step is guarded by the revision that was planned for and verified; when somebody changes the chain in between, that hook is planned again, at most ten times. When a step fails, what was done on that hook is undone, and the other hooks go on.',
        consent,
        'A plan that was saved is refused when anything that it was made for differs: the chains, the objects, the boot.',
        'A signal (ctrl-C) ends it between two hooks. What was changed stands in history, and undo takes it back.',
      ],
      arguments: [{ ...value.policy, summary: 'the policy file; - for the standard input', optional: true }],
      options: [
        {
          name: 'plan',
          value: { placeholder: 'PLAN', kind: 'file' },
          summary: 'apply a plan that was saved',
        },
        option.yes,
        { name: 'force', summary: 'also remove programs of others, where the policy says others: remove' },
      ],
      alternatives: [{ names: ['FILE', '--plan'], required: true }],
      examples: [
        { line: 'mprog apply mprog.yaml', meaning: 'show the plan, ask, and do it' },
        { line: 'mprog apply mprog.yaml --yes', meaning: 'from a script' },
        { line: 'mprog apply --plan change.plan --yes', meaning: 'exactly what was planned, or nothing' },
      ],
      without: ['quiet'],
      load: () => import('../commands/apply.js'),
    },
    {
      path: ['export'],
      summary: 'print what runs on the hooks of this host as a policy',
      description: [
        'mprog plan of what it prints has nothing to change. Programs of mprog are named by the object or the pin that they come from, everything else by what tells it.',
      ],
      arguments: [
        {
          ...value.attachedHook,
          placeholder: 'HOOK-GLOB',
          summary: 'hooks to export; all that have programs when there is none',
          optional: true,
          repeated: true,
        },
      ],
      options: [{ name: 'all-namespaces', summary: 'look into every network namespace that can be entered' }],
      examples: [
        { line: 'mprog export > mprog.yaml', meaning: 'a policy to begin with' },
        { line: "mprog export 'tcx/*@eth0'", meaning: 'of the hooks of one device' },
      ],
      without: ['quiet'],
      load: () => import('../commands/export.js'),
    },
    {
      path: ['move'],
      summary: 'move one program of a hook to another place',
      description: [
        'Everything else stays where it is. With strategy overlap the program is in the chain, at least once, all the time: a stand-in that tail-calls it holds one of its places for a moment. With in-place it waits for nothing, and may be missing for microseconds; with gap it is detached and attached.',
        consent,
      ],
      arguments: [
        argument(value.attachedHook, 'the hook, LAYER/DIRECTION@TARGET'),
        argument(value.reference, 'the program or link that moves'),
      ],
      options: [
        option.first,
        option.last,
        {
          name: 'before',
          value: value.reference,
          repeated: true,
          summary: 'to a place before this program or link',
        },
        {
          name: 'after',
          value: value.reference,
          repeated: true,
          summary: 'to a place after this program or link',
        },
        {
          name: 'strategy',
          value: { placeholder: 'STRATEGY', kind: 'choice', choices: ['overlap', 'in-place', 'gap'] },
          summary: 'overlap (default), in-place or gap',
        },
        option.yes,
        { name: 'force', summary: 'also move a program that is not ours' },
        option.dryRun,
      ],
      alternatives: [{ names: ['--first', '--last'] }],
      examples: [
        { line: 'mprog move tcx/ingress@eth0 name:fw_main --first', meaning: 'to the front, never missing' },
        {
          line: "mprog move tcx/ingress@eth0 name:fw_main --before 'name:cil_*' --strategy in-place --yes",
          meaning: 'without a wait',
        },
      ],
      without: ['quiet'],
      load: () => import('../commands/move.js'),
    },
    {
      path: ['history'],
      summary: 'list what mprog changed since this host was started',
      description: [
        'The youngest first, with who did it, how it ended, and whether it can be undone: the last ten of apply, move and undo can, as long as the programs that they took off are kept.',
      ],
      arguments: [{ ...value.attachedHook, summary: 'what changed this hook alone', optional: true }],
      options: [],
      examples: [
        { line: 'mprog history', meaning: 'on this host' },
        { line: 'mprog history tcx/ingress@eth0 -o json', meaning: 'of one hook, with every step' },
      ],
      load: () => import('../commands/history.js'),
    },
    {
      path: ['undo'],
      summary: 'take back what apply, move or undo changed',
      description: [
        'The inverse is planned against the chains of today and shown first: what went comes back, what came goes, what was moved stands where it stood. What others did since stays. It is a change of its own, which can be undone too.',
        consent,
      ],
      arguments: [
        {
          placeholder: 'ENTRY',
          kind: 'entry',
          summary: 'entry of history; without, the youngest that nobody took back',
          optional: true,
        },
      ],
      options: [option.yes, option.dryRun],
      examples: [
        { line: 'mprog undo', meaning: 'the last change' },
        { line: 'mprog undo --dry-run', meaning: 'show what that would be' },
      ],
      without: ['quiet'],
      load: () => import('../commands/undo.js'),
    },
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
