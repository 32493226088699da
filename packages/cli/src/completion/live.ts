import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
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
  if (kind === 'trace') return traceNames();
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
      : manager.show(hook).hooks.flatMap(({ attachments }) => memberWords(attachments));
  },
  object: programsOfObject,
  program: (opened, position) =>
    /\.o:/.test(position.typed) ? programsOfObject(opened, position) : programIds(opened),
  link: ({ manager }) =>
    manager.links().links.map((link) => ({
      word: `link:${link.id}`,
      meaning: `${nameOf(link.program)} on ${link.defunct ? 'nothing' : (link.hook ?? '?')}`,
    })),
};

function programIds({ manager }: OpenedManager): readonly Candidate[] {
  return manager.programs().programs.flatMap((program) => {
    const meaning = `${nameOf(program)}, ${program.type ?? '?'}`;
    return program.type === null || program.type === 'sched_cls'
      ? [{ word: `id:${program.id}`, meaning }]
      : [];
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
  return shippedTraces('tcx').map((path) => ({
    word: basename(path, '.jsonl.gz'),
    meaning: 'a trace that comes with mprog',
  }));
}

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
