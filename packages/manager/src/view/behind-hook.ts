import { clip, MprogError } from '@mprog/core';
import type { DeviceBackground, TrafficFilter } from '@mprog/kernel';
import type { Context } from '../context.js';
import { describeList } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { BehindHook } from '../host/state.js';

/** Reads what lies behind a hook; null, with a word in the view, when that is not possible. */
export function readBehind(
  { world }: Context,
  view: HostView,
  hook: FoundHook,
  programs: number,
): BehindHook | null {
  const { ifindex } = hook;
  if (ifindex === null) {
    return {
      qdisc: null,
      filters: [],
      policy: null,
      words: 'every program is asked, and what none of them refuses is allowed',
    };
  }
  try {
    const background = hook.use(() => world.background(ifindex));
    return hook.layer === 'tcx'
      ? behindTcx(background, hook.direction as TrafficFilter['direction'])
      : behindNetkit(background, hook.direction, programs);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    view.report(`what lies behind ${clip(hook.text)} is unknown: ${error.message}`);
    return null;
  }
}

function behindTcx(
  { qdisc, filters: all }: DeviceBackground,
  direction: TrafficFilter['direction'],
): BehindHook {
  const filters = all
    .filter((filter) => filter.direction === direction)
    .map(({ direction: _, ...filter }) => filter);
  const carried = qdisc === 'clsact' || (qdisc === 'ingress' && direction === 'ingress');
  return { qdisc, filters, policy: null, words: wordsOf(carried ? qdisc : null, filters) };
}

function wordsOf(qdisc: string | null, filters: BehindHook['filters']): string {
  if (qdisc === null) return 'no classic filters; what comes to the end is accepted';
  if (filters.length === 0) return `the ${qdisc} qdisc without filters; what comes to the end is accepted`;
  const names = filters.map(
    ({ kind, name, programId, priority }) =>
      `${kind}${name === null ? '' : ` ${name}`}${programId === null ? '' : ` (id ${programId})`} at priority ${priority}`,
  );
  return `classic filters of the ${qdisc} qdisc, which only packets that no program ended come to: ${describeList(names)}`;
}

function behindNetkit({ netkit }: DeviceBackground, direction: string, programs: number): BehindHook {
  const policy = direction === 'primary' ? (netkit?.policy ?? null) : (netkit?.otherPolicy ?? null);
  const words =
    policy === null
      ? 'the policy of the device is not told'
      : programs === 0
        ? `policy ${policy}, which decides while there are no programs`
        : `policy ${policy}, which counts only while there are no programs; what comes to the end passes`;
  return { qdisc: null, filters: [], policy, words };
}
