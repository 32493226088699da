import { type AttachmentState, type Manager, parseNamespace } from '@mprog/manager';
import type { ValueKind } from '../command-line/declaration.js';
import { type OpenedManager, openManager } from '../open-manager.js';
import { counted } from '../render/cells.js';
import { nameOf } from '../render/hooks.js';
import type { Candidate } from './candidates.js';
import type { Position } from './position.js';

/** Asks the kernel that a command line names for words of a kind; none when it cannot be opened or read. */
export async function liveCandidates(kind: ValueKind, position: Position): Promise<readonly Candidate[]> {
  const { given } = position;
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
  hook: (opened, position) => [
    ...attachedHooks(opened.manager),
    ...devices(opened, position).flatMap(({ word }) => [
      { word: `tcx/ingress@${word}`, meaning: 'what the device receives' },
      { word: `tcx/egress@${word}`, meaning: 'what the device sends' },
    ]),
  ],
  'attached hook': ({ manager }) => attachedHooks(manager),
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
      : manager.show(hook).hooks.flatMap(({ attachments }) => attachments.flatMap(memberWords));
  },
  program: ({ manager }) =>
    manager.programs().programs.flatMap((program) => {
      const meaning = `${nameOf(program)}, ${program.type ?? '?'}`;
      return program.type === null || program.type === 'sched_cls'
        ? [{ word: `id:${program.id}`, meaning }]
        : [];
    }),
  link: ({ manager }) =>
    manager.links().links.map((link) => ({
      word: `link:${link.id}`,
      meaning: `${nameOf(link.program)} on ${link.defunct ? 'nothing' : (link.hook ?? '?')}`,
    })),
};

function attachedHooks(manager: Manager): readonly Candidate[] {
  return manager.inventory().hooks.map(({ hook, attachments }) => ({
    word: hook,
    meaning: counted(attachments.length, 'program'),
  }));
}

function devices({ kernel }: OpenedManager, { given }: Position): readonly Candidate[] {
  const { world } = kernel.host;
  const netns = given.get('netns');
  const list = () => world.devices();
  const found = netns === undefined ? list() : world.within(parseNamespace(netns), list);
  return found.map(({ name, ifindex }) => ({ word: name, meaning: `device ${ifindex}` }));
}

function memberWords({ position, program, link }: AttachmentState): readonly Candidate[] {
  const meaning = `${nameOf(program)} at position ${position}`;
  const words: Candidate[] = [{ word: `id:${program.id}`, meaning }];
  if (link !== null) words.push({ word: `link:${link.id}`, meaning });
  if (program.name) words.push({ word: `name:${program.fullName ?? program.name}`, meaning });
  return words;
}
