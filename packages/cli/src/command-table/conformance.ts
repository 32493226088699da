import type { CommandGroup } from '../command-line/declaration.js';
import { argument, value } from '../command-line/values.js';

/** Kernels against traces and against each other: `mprog conformance …`. */
export const conformance: CommandGroup = {
  groups: [
    { path: ['conformance'], summary: 'check a kernel against recorded traces, or two against each other' },
  ],
  commands: [
    {
      path: ['conformance', 'replay'],
      summary: 'replay recorded traces and compare every answer',
      description: [
        'Replays on the simulated kernel unless --kernel linux is given, which replays live in a private network namespace. Each mismatch is printed with its file and line; any ends in exit status 1.',
      ],
      arguments: [
        {
          ...value.trace,
          summary: 'traces, plain or .gz, or names of those that come with mprog',
          repeated: true,
        },
      ],
      options: [],
      examples: [
        {
          line: 'mprog conformance replay tcx-001 tcx-003',
          meaning: 'two that come with mprog, on the simulated kernel',
        },
        { line: 'mprog conformance replay tcx-001 --kernel linux', meaning: 'on the running kernel' },
        {
          line: 'mprog conformance replay packages/conformance/traces/tcx-*.jsonl.gz',
          meaning: 'all of tcx, from the root of a checkout',
        },
      ],
      without: ['netns', 'state'],
      ownHost: true,
      load: () => import('../commands/conformance-replay.js'),
    },
    {
      path: ['conformance', 'record'],
      summary: 'record a random sequence of operations as a trace',
      description: [
        'Does random operations and writes down what the kernel answered to each: the running one in a private network namespace, or with --kernel simulated the simulated one. The operations are a function of the seed and of the answers, so recording again gives the same bytes on the same kernel. Programs of cgroup traces go to cgroups mprog-PID-N, which are removed also when the command is killed.',
      ],
      arguments: [argument(value.file, 'where to write it; compressed when the name ends in .gz')],
      options: [
        { name: 'seed', value: value.number, summary: 'where the random numbers start' },
        {
          name: 'ops',
          value: value.number,
          summary: 'number of operations before the last few, 120 by default',
        },
        {
          name: 'layer',
          value: { placeholder: 'LAYER', kind: 'choice', choices: ['tcx', 'cgroup'] },
          summary: 'tcx (default) or cgroup',
        },
      ],
      alternatives: [{ names: ['--seed'], required: true }],
      examples: [
        {
          line: 'mprog conformance record --seed 7 --ops 200 --layer cgroup cgroup-7.jsonl.gz',
          meaning: 'on the running kernel',
        },
      ],
      without: ['netns', 'state'],
      ownHost: true,
      load: () => import('../commands/conformance-record.js'),
    },
    {
      path: ['conformance', 'fuzz'],
      summary: 'compare the simulated kernel with the running one on random input',
      description: [
        'Does the same random operations on both kernels, side by side, in private namespaces, and compares every answer: operations on hooks (tcx, cgroup) or the bytes of calls of bpf(2) themselves (raw). What differs is shortened to the fewest operations that still differ and printed as a script; any ends in exit status 1. A signal ends it after the sequence that it is at.',
      ],
      arguments: [],
      options: [
        {
          name: 'seeds',
          value: { placeholder: 'A..B', kind: 'text' },
          summary: 'first and last seed; each is one sequence of each layer',
        },
        {
          name: 'layer',
          value: { placeholder: 'LAYER', kind: 'choice', choices: ['tcx', 'cgroup', 'raw'] },
          summary: 'only tcx, cgroup or raw',
        },
        { name: 'ops', value: value.number, summary: 'operations of a sequence, 120 by default' },
      ],
      alternatives: [{ names: ['--seeds'], required: true }],
      examples: [
        {
          line: 'mprog conformance fuzz --seeds 1..100 --layer raw',
          meaning: 'some 15 000 calls on each kernel',
        },
      ],
      without: ['netns', 'state'],
      ownHost: true,
      load: () => import('../commands/conformance-fuzz.js'),
    },
  ],
};
