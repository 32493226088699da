import type { CommandGroup } from '../command-line/declaration.js';
import { argument, value } from '../command-line/values.js';

/** The host of a state file: `mprog simulate …`. */
export const simulate: CommandGroup = {
  groups: [
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
  ],
  commands: [
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
      load: () => import('../commands/simulate-device.js'),
    },
    {
      path: ['simulate', 'device', 'remove'],
      summary: 'remove a network device; its programs are detached, its links become defunct',
      arguments: [argument(value.device, 'name of the device')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate device remove eth0', meaning: 'with its hooks' },
      ],
      load: () => import('../commands/simulate-device.js'),
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
      load: () => import('../commands/simulate-device.js'),
    },
    {
      path: ['simulate', 'netns', 'add'],
      summary: 'add a network namespace',
      arguments: [argument(value.namespace, 'name of the namespace')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate netns add blue', meaning: 'an empty namespace' },
      ],
      load: () => import('../commands/simulate-netns.js'),
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
      load: () => import('../commands/simulate-netns.js'),
    },
    {
      path: ['simulate', 'cgroup', 'add'],
      summary: 'add a cgroup',
      arguments: [argument(value.cgroup, 'path inside the cgroup2 tree, /app')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate cgroup add /app', meaning: 'below the root' },
      ],
      load: () => import('../commands/simulate-cgroup.js'),
    },
    {
      path: ['simulate', 'cgroup', 'remove'],
      summary: 'remove a cgroup that has no children',
      arguments: [argument(value.cgroup, 'path inside the cgroup2 tree, /app')],
      options: [],
      examples: [
        { line: 'mprog --kernel simulated:host.json simulate cgroup remove /app', meaning: 'with its hooks' },
      ],
      load: () => import('../commands/simulate-cgroup.js'),
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
      load: () => import('../commands/simulate-clsact.js'),
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
      load: () => import('../commands/simulate-clsact.js'),
    },
  ],
};
