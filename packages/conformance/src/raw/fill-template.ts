import { attr, type CommandName, cgroupAttachTypes, flag } from '@mprog/kernel';
import type { Random } from '../random.js';
import type { RawDraft } from './raw-draft.js';
import { hookPrograms, rawCgroups, rawDevices, rawFds } from './raw-objects.js';
import { WINDOW } from './raw-step.js';

const { progAttach, progQuery, linkCreate, linkUpdate, getInfo } = attr;
/** Bytes of an array that has room for every entry of a hook. */
const ARRAY = 65 * 4;

/** What a template may name. */
interface TemplateView {
  readonly random: Random;
  /** Links that earlier calls may have made. */
  readonly links: readonly string[];
  /** Finds memory for an array. */
  readonly place: (length: number) => number;
}

type Template = (draft: RawDraft, view: TemplateView) => void;

/** Fills an attr as a caller would that knows the command. */
export function fillTemplate(draft: RawDraft, command: CommandName, view: TemplateView): void {
  templates[command]?.(draft, view);
}

const attach: Template = (draft, { random, links }) => {
  const { type, programs } = hook(draft, random, progAttach.attachType, progAttach.target);
  fd(draft, progAttach.programFd, random.pick(programs));
  const flags = placement(draft, random, type, programs, links, progAttach.relative);
  const mode = type >= 46 ? 0 : random.percent(80) ? flag.ALLOW_MULTI : random.below(4);
  const replaces = random.percent(15);
  if (replaces) fd(draft, progAttach.replaceFd, random.pick(programs));
  draft.set(progAttach.flags, flags | mode | (replaces ? flag.REPLACE : 0));
  revision(draft, random, progAttach.expectedRevision);
};

const detach: Template = (draft, { random, links }) => {
  const { type, programs } = hook(draft, random, progAttach.attachType, progAttach.target);
  if (random.percent(75)) fd(draft, progAttach.programFd, random.pick(programs));
  const isPlaced = type >= 46 && random.percent(60);
  if (isPlaced) {
    draft.set(progAttach.flags, placement(draft, random, type, programs, links, progAttach.relative));
  }
  revision(draft, random, progAttach.expectedRevision);
};

const createLink: Template = (draft, { random, links }) => {
  const { type, programs } = hook(draft, random, linkCreate.attachType, linkCreate.target);
  fd(draft, linkCreate.programFd, random.pick(programs));
  draft.set(linkCreate.flags, placement(draft, random, type, programs, links, linkCreate.relative));
  revision(draft, random, linkCreate.expectedRevision);
};

const query: Template = (draft, { random, place }) => {
  const { type } = hook(draft, random, progQuery.attachType, progQuery.target);
  draft.set(progQuery.queryFlags, type < 46 && random.percent(40) ? 1 : 0);
  draft.set(progQuery.count, random.pick([0, 1, 1, 1, 2, 8, 64, 64, 64, 1000]));
  const arrays = [progQuery.programIds, progQuery.programFlags, progQuery.linkIds, progQuery.linkFlags];
  for (const at of arrays) {
    if (!random.percent(at === progQuery.programIds ? 92 : 60)) continue;
    draft.put(at, { kind: 'address', offset: place(ARRAY) });
  }
};

const updateLink: Template = (draft, view) => {
  const { random } = view;
  const programs = random.percent(60) ? hookPrograms.get(46)! : random.pick([...hookPrograms.values()]);
  fd(draft, linkUpdate.linkFd, anyLink(view));
  fd(draft, linkUpdate.programFd, random.pick(programs));
  if (!random.percent(35)) return;
  draft.set(linkUpdate.flags, flag.REPLACE);
  fd(draft, linkUpdate.oldProgramFd, random.pick(programs));
};

const getInfoOf: Template = (draft, view) => {
  const { random } = view;
  // The kinds that have arrays, and the program that has every one of them, come more often than their number.
  const name = random.weighted<() => string>([
    [30, () => anyLink(view)],
    [30, () => random.pick(rawFds)],
    [26, () => 'f0'],
    [14, () => random.pick(['m0', 'm1', 'b0', 'b1'])],
  ])();
  fd(draft, getInfo.fd, name);
  draft.put(getInfo.info, { kind: 'address', offset: WINDOW >> 1 });
};

const anyProgram = ({ random }: TemplateView): string => random.pick(random.pick([...hookPrograms.values()]));
const byId =
  (name: (view: TemplateView) => string): Template =>
  (draft, view) =>
    draft.put(0, { kind: 'id', name: name(view) });
const nextId =
  (name: (view: TemplateView) => string): Template =>
  (draft, view) =>
    draft.put(0, { kind: 'before id', name: name(view) });
const ownLink = ({ random, links }: TemplateView): string =>
  links.length > 0 ? random.pick(links) : 'bogus';

const templates: Readonly<Partial<Record<CommandName, Template>>> = {
  PROG_ATTACH: attach,
  PROG_DETACH: detach,
  PROG_QUERY: query,
  LINK_CREATE: createLink,
  LINK_UPDATE: updateLink,
  LINK_DETACH: (draft, view) => fd(draft, 0, anyLink(view)),
  OBJ_GET_INFO_BY_FD: getInfoOf,
  PROG_GET_FD_BY_ID: byId(anyProgram),
  LINK_GET_FD_BY_ID: byId(ownLink),
  MAP_GET_FD_BY_ID: byId(({ random }) => random.pick(['m0', 'm1'])),
  BTF_GET_FD_BY_ID: byId(({ random }) => random.pick(['b0', 'b1'])),
  PROG_GET_NEXT_ID: nextId(anyProgram),
  LINK_GET_NEXT_ID: nextId(ownLink),
  MAP_GET_NEXT_ID: nextId(({ random }) => random.pick(['m0', 'm1'])),
  BTF_GET_NEXT_ID: nextId(({ random }) => random.pick(['b0', 'b1'])),
};

function fd(draft: RawDraft, at: number, name: string): void {
  draft.put(at, { kind: 'fd', name });
}

function anyLink({ random, links }: TemplateView): string {
  return links.length > 0 && random.percent(90) ? random.pick(links.slice(-6)) : random.pick(rawFds);
}

/** Attach types, those more often on which programs are to meet. */
const types = [46, 46, 46, 46, 46, 46, 47, 47, 0, 0, 0, 0, 1, 2, 3, 6, 10, 18, 21] as const;

function hook(
  draft: RawDraft,
  random: Random,
  typeAt: number,
  targetAt: number,
): { readonly type: number; readonly programs: readonly string[] } {
  const type = random.percent(94) ? random.pick(types) : random.pick(Object.values(cgroupAttachTypes));
  draft.set(typeAt, type);
  if (type >= 46)
    draft.put(targetAt, { kind: 'ifindex', name: random.percent(88) ? rawDevices[0] : rawDevices[1] });
  else
    draft.put(targetAt, {
      kind: 'fd',
      name: random.percent(94) ? random.pick(['A', 'A', 'A', 'B']) : random.pick(rawCgroups),
    });
  return { type, programs: hookPrograms.get(type) ?? random.pick([...hookPrograms.values()]) };
}

/** Flags of a place and the object beside it. */
function placement(
  draft: RawDraft,
  random: Random,
  type: number,
  programs: readonly string[],
  links: readonly string[],
  relativeAt: number,
): number {
  let flags = random.weighted([
    [5, 0],
    [4, flag.BEFORE],
    [4, flag.AFTER],
    [1, flag.BEFORE | flag.AFTER],
  ]);
  if (type < 46 && random.percent(10)) flags |= flag.PREORDER;
  if (!random.percent((flags & (flag.BEFORE | flag.AFTER)) === 0 ? 6 : 55)) return flags;
  const asLink = links.length > 0 && random.percent(30);
  const name = asLink ? random.pick(links.slice(-4)) : random.pick(programs);
  if (asLink) flags |= flag.LINK;
  const byId = random.percent(40);
  if (byId) flags |= flag.ID;
  draft.put(relativeAt, { kind: byId ? 'id' : 'fd', name });
  return flags;
}

function revision(draft: RawDraft, random: Random, at: number): void {
  if (random.percent(12)) draft.set64(at, BigInt(1 + random.below(8)));
  else if (random.percent(2)) draft.set64(at, (BigInt(random.word()) << 32n) | 1n);
}
