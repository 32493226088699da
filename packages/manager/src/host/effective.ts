import { clip } from '@mprog/core';
import type { CgroupAttachType } from '@mprog/kernel';
import type { Context } from '../context.js';
import { refusal } from '../manager-error.js';
import { type Attributions, attributeEffective } from './attribute-effective.js';
import { type Chain, readChain } from './chain.js';
import { cgroupHook, type FoundHook } from './found-hook.js';
import type { HostView } from './host-view.js';
import type { EffectiveAttachment } from './state.js';

/** What acts in a cgroup, and what its order says of the cgroup's own list. */
export interface Effective {
  readonly attachments: readonly EffectiveAttachment[];
  /** Whether an entry of the cgroup's own list has PREORDER, by its index; null where that can't be told. */
  preorder(index: number): boolean | null;
}

/** A list that counts, with the cgroup that it is of. */
interface CountedList {
  readonly cgroup: string;
  readonly chain: Chain;
}

/** How often it is read again because something changed meanwhile. */
const ATTEMPTS = 4;

/**
 * Reads what acts in a cgroup, and finds out where each entry comes from (spec 10.5).
 *
 * @throws MprogError `ERR_LAYER` for a hook of another layer, otherwise as reading the hook does
 */
export function readEffective(
  context: Context,
  view: HostView,
  hook: FoundHook,
  fullNames = true,
): Effective {
  if (hook.layer !== 'cgroup') {
    throw refusal('ERR_LAYER', `show ${clip(hook.text)}`, 'only hooks of cgroups have an effective list', {
      remedy: 'what is attached to a device is all that runs there',
    });
  }
  for (let attempt = 1; ; attempt++) {
    const lists = countedLists(context, view, hook, fullNames);
    const programs = hook.use((kernelHook) => {
      if (kernelHook.layer !== 'cgroup') return [];
      return context.kernel.attachments.queryEffective(kernelHook).map(({ programId }) => programId);
    });
    const found = attributeEffective(
      lists.map(({ chain }) => chain.members.map(({ program }) => program.id)),
      programs,
    );
    if (found === null && attempt < ATTEMPTS) {
      view.forgetLinks();
      continue;
    }
    const own = lists.findIndex(({ cgroup }) => cgroup === hook.target);
    return {
      attachments: programs.map((id, index) => attachment(view, lists, found, id, index, fullNames)),
      preorder: (index) => (own < 0 ? null : (found?.preorder(own, index) ?? null)),
    };
  }
}

/** The lists that act in a cgroup: its own, or the first above that has any, and further up those in mode multi. */
function countedLists(
  context: Context,
  view: HostView,
  hook: FoundHook,
  fullNames: boolean,
): readonly CountedList[] {
  const { world } = context;
  const found: CountedList[] = [];
  for (const path of upwards(hook.target)) {
    const at =
      path === hook.target
        ? hook
        : cgroupHook(world, world.findCgroup(path), hook.direction as CgroupAttachType);
    const chain = readChain(context, view, at, fullNames);
    if (chain.members.length > 0 && (found.length === 0 || chain.mode === 'multi')) {
      found.push({ cgroup: path, chain });
    }
  }
  return found;
}

/** The path of a cgroup, of its parent and so on to the root. */
export function upwards(path: string): readonly string[] {
  const found = [path];
  for (let at = path; at !== '/'; ) {
    at = at.slice(0, at.lastIndexOf('/')) || '/';
    found.push(at);
  }
  return found;
}

function attachment(
  view: HostView,
  lists: readonly CountedList[],
  attributions: Attributions | null,
  id: number,
  index: number,
  fullNames: boolean,
): EffectiveAttachment {
  const from = attributions?.entries[index] ?? { list: null, index: null, preorder: null };
  const list = from.list === null ? undefined : lists[from.list];
  const member = from.index === null ? undefined : list?.chain.members[from.index];
  const known = member ?? {
    program: view.program(id, fullNames),
    link: null,
    linkUnknown: true as const,
    ours: view.ownsProgram(id) === true ? true : null,
  };
  return { ...known, position: index + 1, cgroup: list?.cgroup ?? null, preorder: from.preorder };
}
