import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Device } from '@mprog/kernel';
import {
  type AttachmentState,
  layers,
  type Manager,
  parseHookName,
  parseNamespace,
  programTypeOfHook,
} from '@mprog/manager';
import type { ValueKind } from '../command-line/declaration.js';
import type { GivenOptions } from '../command-line/invocation.js';
import { type OpenedManager, openManager } from '../open-manager.js';
import { counted } from '../render/cells.js';
import { nameOf } from '../render/hooks.js';
import type { Candidate } from './candidates.js';
import type { Position } from './position.js';

/** Asks the kernel that a command line names for words of a kind; none when it cannot be opened or read. */
export async function liveCandidates(kind: ValueKind, position: Position): Promise<readonly Candidate[]> {
  const { given } = position;
  if (kind === 'trace') return traceNames();
  if (kind === 'entry') return undoableEntries({ option: (name) => given.get(name) });
  const find = finders[kind];
  if (find === undefined) return [];
  try {
    using opened = await openManager({ option: (name) => given.get(name) }, 'query');
    return find(opened, position);
  } catch {
    return [];
  }
}

type Finder = (opened: OpenedManager, position: Position) => readonly Candidate[];

const finders: Readonly<Partial<Record<ValueKind, Finder>>> = {
  hook: (opened, position) => [...attachedHooks(opened.manager), ...possibleHooks(opened, position)],
  'attached hook': (opened, position) => [...attachedHooks(opened.manager), ...otherHooks(opened, position)],
  pin: pins,
  device: devices,
  cgroup: ({ kernel }) => kernel.host.world.cgroups().map(({ path }) => ({ word: path, meaning: 'cgroup' })),
  namespace: ({ kernel }) =>
    kernel.host.world
      .namespaces()
      .namespaces.flatMap(({ name }) =>
        name === null ? [] : [{ word: name, meaning: 'network namespace' }],
      ),
  reference: ({ manager }, position) => {
    const hook = position.arguments[0];
    return hook === undefined
      ? []
      : manager.show(hook).hooks.flatMap(({ attachments }) => memberWords(attachments));
  },
  object: programsOfObject,
  program: (opened, position) =>
    /\.o:/.test(position.typed) ? programsOfObject(opened, position) : programIds(opened, position),
  link: ({ manager }) =>
    manager.links().links.map((link) => ({
      word: `link:${link.id}`,
      meaning: `${nameOf(link.program)} on ${link.defunct ? 'nothing' : (link.hook ?? '?')}`,
    })),
};

function programIds({ manager }: OpenedManager, position: Position): readonly Candidate[] {
  const wanted = wantedType(hookOf(manager, position.arguments[0]));
  return manager.programs().programs.flatMap((program) => {
    const meaning = `${nameOf(program)}, ${program.type ?? '?'}`;
    return program.type === null || program.type === wanted ? [{ word: `id:${program.id}`, meaning }] : [];
  });
}

function programsOfObject({ kernel }: OpenedManager, { typed }: Position): readonly Candidate[] {
  const path = /^(.*\.o):/s.exec(typed)?.[1];
  if (path === undefined) return [];
  const programs = kernel.host.objects.inspect(readFileSync(path), path);
  return programs.map(({ name, section }) => ({ word: `${path}:${name}`, meaning: `in section ${section}` }));
}

async function traceNames(): Promise<readonly Candidate[]> {
  const { shippedTraces } = await import('@mprog/conformance');
  return (['tcx', 'cgroup'] as const).flatMap((layer) =>
    shippedTraces(layer).map((path) => ({
      word: basename(path, '.jsonl.gz'),
      meaning: 'a trace that comes with mprog',
    })),
  );
}

async function undoableEntries(given: GivenOptions): Promise<readonly Candidate[]> {
  try {
    const { openPolicyManager } = await import('../open-policy-manager.js');
    using opened = await openPolicyManager(given, 'query');
    return opened.manager
      .history()
      .entries.filter(({ undoable }) => undoable)
      .map(({ entry, time, command, subject }) => ({
        word: entry,
        meaning: `${command} ${subject}, ${time}`,
      }));
  } catch {
    return [];
  }
}

function attachedHooks(manager: Manager): readonly Candidate[] {
  return manager.inventory().hooks.map(({ hook, attachments }) => ({
    word: hook,
    meaning: counted(attachments.length, 'program'),
  }));
}

/** What commands take that look at hooks: targets alone, and hooks without programs once no other is meant. */
function otherHooks(opened: OpenedManager, position: Position): readonly Candidate[] {
  const { typed, command } = position;
  const attached = opened.manager.inventory().hooks.map(({ hook }) => hook);
  switch (command?.path.join(' ')) {
    case 'ls': {
      const targets = new Set(attached.map((hook) => hook.slice(hook.indexOf('@') + 1)));
      return [...targets].map((word) => ({ word, meaning: 'all its hooks' }));
    }
    case 'show':
    case 'run': {
      const isMeant =
        typed !== '' && (typed.includes('@') || !attached.some((hook) => hook.startsWith(typed)));
      return isMeant ? possibleHooks(opened, position).filter(({ word }) => !attached.includes(word)) : [];
    }
    default:
      return [];
  }
}

/** Pins that a command may remove. */
function pins({ manager }: OpenedManager, { command }: Position): readonly Candidate[] {
  switch (command?.path.join(' ')) {
    case 'link unpin':
      return manager.links().links.flatMap(({ id, pins }) => pinWords(pins, `link ${id}`));
    case 'program unpin':
      return manager.programs().programs.flatMap((program) => pinWords(program.pins, nameOf(program)));
    default:
      return [];
  }
}

function pinWords(paths: readonly string[] | null, meaning: string): readonly Candidate[] {
  return (paths ?? []).map((word) => ({ word, meaning }));
}

/** The hook that an argument names, also by a link on it. */
function hookOf(manager: Manager, argument: string | undefined): string | undefined {
  const id = /^link:(\d+)$/.exec(argument ?? '')?.[1];
  if (id === undefined) return argument;
  return manager.links().links.find((link) => link.id === Number(id))?.hook ?? undefined;
}

/** Hooks that a program may be attached to: of each device, and of each cgroup once it is begun. */
function possibleHooks(opened: OpenedManager, position: Position): readonly Candidate[] {
  const { kernel } = opened;
  const names = devices(opened, position).map(({ word }) => word);
  const tcx = names.flatMap((name) => [
    { word: `tcx/ingress@${name}`, meaning: 'what the device receives' },
    { word: `tcx/egress@${name}`, meaning: 'what the device sends' },
  ]);
  if (!position.typed.startsWith('cgroup/')) {
    return [
      ...tcx,
      ...primaryDevices(opened, position).flatMap((name) => [
        { word: `netkit/primary@${name}`, meaning: 'what the device sends' },
        { word: `netkit/peer@${name}`, meaning: 'what its peer sends' },
      ]),
      ...layers.cgroup.map((type) => ({ word: `cgroup/${type}@`, meaning: 'of a cgroup' })),
    ];
  }
  const heads = layers.cgroup.map((type) => `cgroup/${type}@`);
  const begun = heads.find((head) => position.typed.startsWith(head));
  if (begun === undefined) return heads.map((word) => ({ word, meaning: 'of a cgroup' }));
  return kernel.host.world.cgroups().map(({ path, id }) => ({ word: begun + path, meaning: `cgroup ${id}` }));
}

/** The type of the programs that a hook takes; that of devices where none is named. */
function wantedType(hook: string | undefined): string {
  try {
    return programTypeOfHook(parseHookName(hook ?? ''));
  } catch {
    return 'sched_cls';
  }
}

function devices(opened: OpenedManager, position: Position): readonly Candidate[] {
  return onDevices(opened, position, ({ name, ifindex }) => ({ word: name, meaning: `device ${ifindex}` }));
}

function primaryDevices(opened: OpenedManager, position: Position): readonly string[] {
  const { kernel } = opened;
  if (kernel.probe.has('netkit') !== true) return [];
  const { world } = kernel.host;
  return onDevices(opened, position, ({ name, ifindex }) =>
    world.background(ifindex).netkit?.role === 'primary' ? name : '',
  ).filter((name) => name !== '');
}

/** Asks something of each device of the namespace that the command line names. */
function onDevices<Answer>(
  { kernel }: OpenedManager,
  { given }: Position,
  ask: (device: Device) => Answer,
): readonly Answer[] {
  const { world } = kernel.host;
  const netns = given.get('netns');
  const list = () => world.devices().map(ask);
  return netns === undefined ? list() : world.within(parseNamespace(netns), list);
}

/** Ids and links of the members of a chain, and those names that mean one of them alone. */
function memberWords(members: readonly AttachmentState[]): readonly Candidate[] {
  const named = (name: string) =>
    members.filter(({ program }) => program.name === name || program.fullName === name).length;
  return members.flatMap(({ position, program, link }) => {
    const meaning = `${nameOf(program)} at position ${position}`;
    const words: Candidate[] = [{ word: `id:${program.id}`, meaning }];
    if (link !== null) words.push({ word: `link:${link.id}`, meaning });
    const name = program.fullName ?? program.name;
    if (name && named(name) === 1) words.push({ word: `name:${name}`, meaning });
    return words;
  });
}
