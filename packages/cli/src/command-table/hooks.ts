import type { CommandGroup } from '../command-line/declaration.js';
import { argument, option, value } from '../command-line/values.js';
import { ownership, revisionGuard } from './paragraphs.js';

/** Looking at hooks, and changing what is attached to them. */
export const hooks: CommandGroup = {
  groups: [],
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
      load: () => import('../commands/ls.js'),
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
      load: () => import('../commands/show.js'),
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
          line: 'mprog run tcx/ingress@eth0 --packet ffffffffffff02000000000188b5',
          meaning: 'of an Ethernet header alone',
        },
      ],
      load: () => import('../commands/run.js'),
    },
    {
      path: ['attach'],
      summary: 'attach a program to a hook, before and after others',
      description: [
        '--before and --after may be given several times and together: mprog takes the place nearest the end that satisfies all of them. With --replace they are a check. Without any, the program goes to the end.',
        revisionGuard,
        'A link would vanish with the command, so --link pins it and says where.',
        'On a cgroup programs share in mode multi. There a program that is attached directly stands beside such programs alone and a link beside links, and either beside what has the same PREORDER: of the places that are asked for mprog takes the last that the kernel takes. With --preorder it runs before the programs of the cgroups below.',
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
      load: () => import('../commands/attach.js'),
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
      load: () => import('../commands/detach.js'),
    },
  ],
};
