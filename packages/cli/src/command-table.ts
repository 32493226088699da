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
    { path: ['conformance'], summary: 'check a kernel against recorded traces, or two against each other' },
  ],
  commands: [
    {
      path: ['ls'],
      summary: 'list hooks that have programs, in run order',
      description: [
        'Members stand below their hook in the order in which they run, those of a cgroup in the order of its own list. The name of a device or the path of a cgroup alone means all its hooks; in a glob * matches any characters.',
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
        { line: 'mprog ls /system.slice', meaning: 'all hooks of that cgroup' },
        { line: 'mprog ls --all-namespaces -o json', meaning: 'the whole host, for a script' },
      ],
      load: () => import('./commands/ls.js'),
    },
    {
      path: ['show'],
      summary: 'show one hook, with full function names, all pins and what lies behind it',
      description: [
        'It ends with what lies behind the hook (classic filters of tc, the policy of a netkit device) and warns of programs that are there twice, of links that nothing holds and of defunct ones.',
        'With --effective it also lists what acts in a cgroup: its own programs and those of the cgroups above, in the order in which they run, each with its cgroup. The kernel does not show PREORDER: it is marked where the order proves it, and ? stands where it does not.',
        'Which link owns a program of a cgroup is found by looking at all links; ? stands where that leaves several possibilities.',
      ],
      arguments: [argument(value.attachedHook, 'the hook, LAYER/DIRECTION@TARGET')],
      options: [{ name: 'effective', summary: 'also list what acts in a cgroup, from above too' }],
      examples: [
        { line: 'mprog show tcx/ingress@eth0', meaning: 'what runs on packets that eth0 receives, in order' },
        {
          line: 'mprog show cgroup/inet_egress@/app --effective',
          meaning: 'what runs on packets of /app, and where it comes from',
        },
      ],
      load: () => import('./commands/show.js'),
    },
    {
      path: ['run'],
      summary: 'run the programs of a hook on a packet, one by one',
      description: [
        'Each program runs by PROG_TEST_RUN on what the one before left of the packet, up to the one that ends the chain; on a cgroup all run that act there. No device sees the packet, but the programs really run: what they write to maps stays.',
        'It cannot know where a redirect leads, what real traffic left in maps, and fields of the packet that are no bytes.',
      ],
      arguments: [argument(value.attachedHook, 'the hook, LAYER/DIRECTION@TARGET')],
      options: [
        {
          name: 'packet',
          value: { placeholder: 'FILE|HEX', kind: 'file' },
          summary:
            'the frame, from its Ethernet header on: a file of its bytes or of hexadecimal digits, or the digits',
        },
      ],
      alternatives: [{ names: ['--packet'], required: true }],
      examples: [
        {
          line: 'mprog run tcx/ingress@eth0 --packet frame.bin',
          meaning: 'what each program says of the frame in that file',
        },
        {
          line: 'mprog run tcx/ingress@eth0 --packet ffffffffffff0200000000010800',
          meaning: 'of an Ethernet header alone',
        },
      ],
      load: () => import('./commands/run.js'),
    },
    {
      path: ['attach'],
      summary: 'attach a program to a hook, before and after others',
      description: [
        '--before and --after may be given several times and together: mprog takes the place nearest the end that satisfies all of them. With --replace they are a check. Without any, the program goes to the end.',
        revisionGuard,
        'A link would vanish with the command, so --link pins it and says where.',
        'On a cgroup programs share in mode multi. There a program that is attached directly stands beside such programs alone and a link beside links: of the places that are asked for mprog takes the last that can be said so. With --preorder it runs before the programs of the cgroups below.',
      ],
      arguments: [
        argument(value.hook, 'the hook, LAYER/DIRECTION@TARGET'),
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
        { name: 'preorder', summary: 'on a cgroup: run before the programs of cgroups below' },
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
        {
          line: 'mprog attach cgroup/inet_egress@/app meter.o --preorder',
          meaning: 'for all that /app and the cgroups below send, before their own programs',
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
        argument(value.attachedHook, 'the hook, LAYER/DIRECTION@TARGET'),
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
      options: [
        {
          name: 'netkit',
          value: { placeholder: 'PEER', kind: 'text' },
          summary: 'add a netkit pair: this is its primary, PEER the other end',
        },
      ],
      examples: [
        {
          line: 'mprog --kernel simulated:host.json simulate device add eth0',
          meaning: 'in the namespace of the host',
        },
        {
          line: 'mprog --kernel simulated:host.json simulate device add nk0 --netkit nk1',
          meaning: 'a pair, with the hooks netkit/primary@nk0 and netkit/peer@nk0',
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
      load: () => import('./commands/conformance-record.js'),
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
      load: () => import('./commands/conformance-fuzz.js'),
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
      path: ['probe'],
      summary: 'say what this kernel offers, and what it would take',
      description: ['It changes nothing and needs no rights; ? is what it lacks the right to find out.'],
      arguments: [],
      options: [],
      examples: [{ line: 'mprog probe', meaning: 'tcx, netkit, cgroups, links, bpffs, libbpf' }],
      load: () => import('./commands/probe.js'),
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
