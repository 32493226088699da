import type { CommandTable } from './command-line/declaration.js';
import { argument, option, value } from './command-line/values.js';

const revisionGuard =
  'Without --revision the change is guarded by the revision that mprog read: when somebody changes the chain in between, mprog plans again a few times, then names who changed what.';
const ownership =
  'Ours is what was pinned below mprog/ on bpffs, or recorded in the journal of this boot. Everything else is foreign and needs --force.';

/** Every command, argument and option; parsing, help texts and completion are made from it. */
export const commandTable: CommandTable = {
  groups: [
    { path: ['link'], summary: 'list, change, pin and remove links' },
    { path: ['program'], summary: 'list, load and unpin programs' },
    {
      path: ['simulate'],
      summary: 'shape the host of --kernel simulated:FILE',
      description: [
        'Adds devices, namespaces, cgroups and qdiscs to the host that a state file holds. The file is made by the first of these commands.',
      ],
    },
    { path: ['simulate', 'device'], summary: 'add, remove and move network devices' },
    { path: ['simulate', 'netns'], summary: 'add and remove network namespaces' },
    { path: ['simulate', 'cgroup'], summary: 'add and remove cgroups' },
    { path: ['simulate', 'clsact'], summary: 'put a clsact qdisc on a device or take it off' },
    { path: ['conformance'], summary: 'check a kernel against recorded traces' },
  ],
  commands: [
    {
      path: ['ls'],
      summary: 'list hooks that have programs, in run order',
      description: [
        'Members stand below their hook in the order in which they run. A device name alone means all its hooks; in a glob * matches any characters.',
        'What could not be read is shown as ? and named on stderr; the rest is listed all the same.',
      ],
      arguments: [
        {
          ...value.attachedHook,
          placeholder: 'HOOK-GLOB',
          summary: 'hooks to list; all when there is none',
          optional: true,
          repeated: true,
        },
      ],
      options: [{ name: 'all-namespaces', summary: 'look into every network namespace that can be entered' }],
      examples: [
        { line: 'mprog ls', meaning: 'every hook of this namespace that has programs' },
        { line: "mprog ls eth0 'tcx/*@veth*'", meaning: 'all hooks of eth0, and those of tcx on every veth' },
        { line: 'mprog ls --all-namespaces -o json', meaning: 'the whole host, for a script' },
      ],
      load: () => import('./commands/ls.js'),
    },
    {
      path: ['show'],
      summary: 'show one hook, with full function names and all pins',
      arguments: [argument(value.attachedHook, 'the hook, LAYER/DIRECTION@DEVICE')],
      options: [],
      examples: [
        { line: 'mprog show tcx/ingress@eth0', meaning: 'what runs on packets that eth0 receives, in order' },
      ],
      load: () => import('./commands/show.js'),
    },
    {
      path: ['attach'],
      summary: 'attach a program to a hook, before and after others',
      description: [
        '--before and --after may be given several times and together: mprog takes the place nearest the end that satisfies all of them. With --replace they are a check. Without any, the program goes to the end.',
        revisionGuard,
        'A link would vanish with the command, so --link pins it and says where.',
      ],
      arguments: [
        argument(value.hook, 'the hook, LAYER/DIRECTION@DEVICE'),
        argument(value.program, 'the program; FILE.o is loaded first'),
      ],
      options: [
        option.first,
        option.last,
        {
          name: 'before',
          value: value.reference,
          repeated: true,
          summary: 'stand before this program or link',
        },
        {
          name: 'after',
          value: value.reference,
          repeated: true,
          summary: 'stand after this program or link',
        },
        { name: 'replace', value: value.reference, summary: 'take the place of this program' },
        { name: 'link', summary: 'attach by a link, which owns the attachment' },
        option.pin,
        option.revision,
        { name: 'force', summary: 'also replace, or pin below mprog/, a program that is not ours' },
        option.dryRun,
      ],
      alternatives: [{ names: ['--first', '--last'] }],
      examples: [
        {
          line: 'mprog attach tcx/ingress@eth0 fw.o',
          meaning: 'load the only program of fw.o and put it at the end',
        },
        {
          line: "mprog attach tcx/ingress@eth0 fw.o:fw_main --before 'name:cil_*' --after name:telemetry",
          meaning: 'between two others',
        },
        {
          line: 'mprog attach tcx/egress@eth0 pin:/sys/fs/bpf/fw --link --first',
          meaning: 'by a pinned link, in front',
        },
        {
          line: 'mprog attach tcx/ingress@eth0 fw2.o --replace name:fw_main',
          meaning: 'in place of another, without a gap',
        },
      ],
      load: () => import('./commands/attach.js'),
    },
    {
      path: ['detach'],
      summary: 'detach one program from a hook',
      description: [
        'Exactly one attachment goes, and it is printed. One that a link owns is detached through its link, and our pins of that link are removed.',
        ownership,
        revisionGuard,
      ],
      arguments: [
        argument(value.attachedHook, 'the hook, LAYER/DIRECTION@DEVICE'),
        { ...value.reference, summary: 'the program or link that goes', optional: true },
      ],
      options: [
        option.first,
        option.last,
        { name: 'before', value: value.reference, summary: 'the one that stands right before this one' },
        { name: 'after', value: value.reference, summary: 'the one that stands right after this one' },
        option.revision,
        { name: 'ignore-missing', summary: 'succeed when it is not attached' },
        { name: 'force', summary: 'also detach what is not ours' },
        option.dryRun,
      ],
      alternatives: [{ names: ['REF', '--first', '--last', '--before', '--after'], required: true }],
      examples: [
        { line: 'mprog detach tcx/ingress@eth0 name:fw_main', meaning: 'by name' },
        { line: 'mprog detach tcx/ingress@eth0 link:7 --dry-run', meaning: 'show what would go' },
        { line: 'mprog detach tcx/ingress@eth0 id:97 --force', meaning: 'one of somebody else' },
      ],
      load: () => import('./commands/detach.js'),
    },
    {
      path: ['link', 'ls'],
      summary: 'list all links',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog link ls', meaning: 'id, program, hook and pins of every link' }],
      load: () => import('./commands/link-ls.js'),
    },
    {
      path: ['link', 'show'],
      summary: 'show one link',
      arguments: [argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program')],
      options: [],
      examples: [{ line: 'mprog link show link:7', meaning: 'its program, hook and pins' }],
      load: () => import('./commands/link-show.js'),
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
      load: () => import('./commands/link-update.js'),
    },
    {
      path: ['link', 'detach'],
      summary: 'detach what a link holds, and remove our pins of it',
      description: [ownership],
      arguments: [argument(value.link, 'the link: link:N, pin:PATH, or id:, name:, tag: of its program')],
      options: [option.force, option.dryRun],
      examples: [{ line: 'mprog link detach link:7', meaning: 'its program leaves the hook' }],
      load: () => import('./commands/link-detach.js'),
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
      load: () => import('./commands/link-pin.js'),
    },
    {
      path: ['link', 'unpin'],
      summary: 'remove a pin of a link; the last holder gone, the link detaches',
      arguments: [argument(value.pin, 'the pin')],
      options: [option.force, option.dryRun],
      examples: [{ line: 'mprog link unpin /sys/fs/bpf/mprog/links/fw', meaning: 'drop this reference' }],
      load: () => import('./commands/link-unpin.js'),
    },
    {
      path: ['link', 'prune'],
      summary: 'remove our pins of links that are defunct',
      description: ['A link is defunct when what it was attached to is gone.'],
      arguments: [],
      options: [option.dryRun],
      examples: [{ line: 'mprog link prune --dry-run', meaning: 'show which pins would go' }],
      load: () => import('./commands/link-prune.js'),
    },
    {
      path: ['program', 'ls'],
      summary: 'list all programs of the kernel',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog program ls', meaning: 'id, type, name, tag and pins of every program' }],
      load: () => import('./commands/program-ls.js'),
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
      load: () => import('./commands/program-load.js'),
    },
    {
      path: ['program', 'unpin'],
      summary: 'remove a pin of a program; hooks keep it',
      arguments: [argument(value.pin, 'the pin')],
      options: [option.force, option.dryRun],
      examples: [
        { line: 'mprog program unpin /sys/fs/bpf/mprog/programs/fw', meaning: 'drop this reference' },
      ],
      load: () => import('./commands/program-unpin.js'),
    },
    {
      path: ['simulate', 'device', 'add'],
      summary: 'add a network device',
      arguments: [argument(value.device, 'name of the device')],
      options: [],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate device add eth0',
          meaning: 'in the namespace of the host',
        },
        {
          line: 'mprog --kernel simulated:host.json --netns blue simulate device add eth0',
          meaning: 'in the namespace blue',
        },
      ],
      load: () => import('./commands/simulate-device.js'),
    },
    {
      path: ['simulate', 'device', 'remove'],
      summary: 'remove a network device; its programs are detached, its links become defunct',
      arguments: [argument(value.device, 'name of the device')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate device remove eth0', meaning: 'with its hooks' },
      ],
      load: () => import('./commands/simulate-device.js'),
    },
    {
      path: ['simulate', 'device', 'move'],
      summary: 'move a network device into another namespace; its hooks go with it',
      arguments: [
        argument(value.device, 'name of the device'),
        { ...value.namespace, placeholder: 'NAMESPACE', summary: 'name of the namespace' },
      ],
      options: [],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate device move eth0 blue',
          meaning: 'programs stay attached',
        },
      ],
      load: () => import('./commands/simulate-device.js'),
    },
    {
      path: ['simulate', 'netns', 'add'],
      summary: 'add a network namespace',
      arguments: [argument(value.namespace, 'name of the namespace')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate netns add blue', meaning: 'an empty namespace' },
      ],
      load: () => import('./commands/simulate-netns.js'),
    },
    {
      path: ['simulate', 'netns', 'remove'],
      summary: 'remove a network namespace with its devices',
      arguments: [argument(value.namespace, 'name of the namespace')],
      options: [],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate netns remove blue',
          meaning: 'its hooks are released',
        },
      ],
      load: () => import('./commands/simulate-netns.js'),
    },
    {
      path: ['simulate', 'cgroup', 'add'],
      summary: 'add a cgroup',
      arguments: [argument(value.cgroup, 'path inside the cgroup2 tree, /app')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate cgroup add /app', meaning: 'below the root' },
      ],
      load: () => import('./commands/simulate-cgroup.js'),
    },
    {
      path: ['simulate', 'cgroup', 'remove'],
      summary: 'remove a cgroup that has no children',
      arguments: [argument(value.cgroup, 'path inside the cgroup2 tree, /app')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate cgroup remove /app', meaning: 'with its hooks' },
      ],
      load: () => import('./commands/simulate-cgroup.js'),
    },
    {
      path: ['simulate', 'clsact', 'add'],
      summary: 'put a clsact qdisc on a device',
      arguments: [argument(value.device, 'name of the device')],
      options: [],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate clsact add eth0',
          meaning: 'the revision then outlives the last program',
        },
      ],
      load: () => import('./commands/simulate-clsact.js'),
    },
    {
      path: ['simulate', 'clsact', 'remove'],
      summary: 'take the clsact qdisc off a device',
      arguments: [argument(value.device, 'name of the device')],
      options: [],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate clsact remove eth0',
          meaning: 'as tc qdisc del does',
        },
      ],
      load: () => import('./commands/simulate-clsact.js'),
    },
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
      load: () => import('./commands/conformance-replay.js'),
    },
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
      load: () => import('./commands/demo.js'),
    },
    {
      path: ['version'],
      summary: 'print the versions of mprog, Node and the kernel',
      arguments: [],
      options: [],
      examples: [{ line: 'mprog version -o json', meaning: 'for a bug report' }],
      load: () => import('./commands/version.js'),
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
      load: () => import('./commands/help.js'),
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
      load: () => import('./commands/completion.js'),
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
      load: () => import('./commands/complete.js'),
    },
  ],
  options: [
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
  ],
};
