import type { HookState, LinkState, QueryOutput } from './trace.js';

/**
 * A hook at one moment in words.
 *
 * @example
 * describeHookState(state); // 'revision 3 [p14 p24(l0)]'
 */
export function describeHookState(state: HookState | undefined): string {
  if (state === undefined) return 'nothing';
  if ('err' in state) return state.err;
  const entries = state.list.map((entry) => (typeof entry === 'string' ? entry : named(entry[0], entry[1])));
  const mode = state.flags === undefined ? '' : `, flags ${state.flags}`;
  const effective = state.eff === undefined ? '' : `, effective [${state.eff.join(' ')}]`;
  return `revision ${state.rev} [${entries.join(' ')}]${mode}${effective}`;
}

/** What a query wrote, in words. */
export function describeOutput(output: QueryOutput | undefined): string {
  if (output === undefined) return 'nothing';
  const { count, rev, attachFlags, ids, progFlags, links } = output;
  return [
    `count ${count}, revision ${rev}, attach_flags ${attachFlags}`,
    `ids ${list(ids)}`,
    `flags ${list(progFlags)}`,
    ...(links === undefined ? [] : [`links ${list(links)}`]),
  ].join(', ');
}

/** What the info of a link says, in words. */
export function describeLink(info: LinkState | undefined): string {
  if (info === undefined) return 'nothing';
  return `${info.prog}, ${info.attached ? 'attached' : 'defunct'}`;
}

function named(program: string, link: string | null): string {
  return link === null ? program : `${program}(${link})`;
}

function list(entries: readonly (string | number | null)[] | null): string {
  return entries === null ? 'NULL' : `[${entries.map((entry) => entry ?? '-').join(' ')}]`;
}
