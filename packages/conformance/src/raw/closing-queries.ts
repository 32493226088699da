import { attr } from '@mprog/kernel';
import { RawDraft } from './raw-draft.js';
import { hookPrograms, rawDevices } from './raw-objects.js';
import { type RawCall, WINDOW } from './raw-step.js';

const layout = attr.progQuery;
const ARRAYS = { programs: 1024, flags: 2048, links: 3072 } as const;

/** Queries of every hook that a raw sequence may have changed, own and effective lists. */
export function closingQueries(from: number, without: readonly number[]): readonly RawCall[] {
  let index = from;
  return [...hookPrograms.keys()]
    .filter((type) => !without.includes(type))
    .flatMap((type) => {
      if (type >= 46) return rawDevices.map((name) => query(index++, type, { kind: 'ifindex', name }, 0));
      return [0, 1].flatMap((flags) =>
        ['A', 'B'].map((name) => query(index++, type, { kind: 'fd', name }, flags)),
      );
    });
}

function query(
  index: number,
  type: number,
  target: { readonly kind: 'ifindex' | 'fd'; readonly name: string },
  flags: number,
): RawCall {
  const draft = new RawDraft(layout.end);
  draft.put(layout.target, target);
  draft.set(layout.attachType, type);
  draft.set(layout.queryFlags, flags);
  draft.set(layout.count, 64);
  draft.put(layout.programIds, { kind: 'address', offset: ARRAYS.programs });
  if (flags === 0) draft.put(layout.programFlags, { kind: 'address', offset: ARRAYS.flags });
  draft.put(layout.linkIds, { kind: 'address', offset: ARRAYS.links });
  const memory = new Uint8Array(WINDOW);
  memory.set(draft.bytes);
  return {
    step: 'call',
    index,
    command: 'PROG_QUERY',
    attr: 0,
    size: layout.end,
    memory,
    patches: draft.patches(0, layout.end),
    masks: [],
  };
}
