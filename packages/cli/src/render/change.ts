import type { Change, ChangeKind, ChangeMember, ChangeProgram } from '@mprog/manager';
import { memberDetails } from './member-details.js';
import { printable } from './printable.js';
import { shortChain } from './short-chain.js';
import type { Style } from './style.js';

/** What was done in one line, the chain with what came and went below it, and what else is to be said. */
export function renderChange(change: Change, style: Style): string[] {
  const lines = change.kind === 'none' ? [] : [sentence(change, style)];
  if (change.pin && change.kind !== 'pin-link' && change.kind !== 'unpin') {
    const link = change.link?.id ? `link ${change.link.id}, ` : '';
    lines.push(`  ${link}${change.dryRun ? 'to be pinned' : 'pinned'} at ${printable(change.pin)}`);
  }
  lines.push(...chainLines(change, style));
  for (const note of change.notes)
    lines.push(change.kind === 'none' ? printable(note) : `  ${printable(note)}`);
  return lines;
}

const verbs: Readonly<Record<Exclude<ChangeKind, 'none'>, readonly [done: string, planned: string]>> = {
  attach: ['attached', 'would attach'],
  replace: ['attached', 'would attach'],
  detach: ['detached', 'would detach'],
  'update-link': ['updated', 'would update'],
  'detach-link': ['detached', 'would detach'],
  'pin-link': ['pinned', 'would pin'],
  unpin: ['removed pin', 'would remove pin'],
  'load-program': ['loaded', 'would load'],
};

function sentence(change: Change, style: Style): string {
  if (change.kind === 'none') return '';
  const verb = verbs[change.kind][change.dryRun ? 1 : 0];
  const program = change.program === null ? '' : named(change.program, style);
  const hook = change.hook === null ? '' : style.strong(printable(change.hook));
  const link = change.link?.id ? `link ${change.link.id}` : 'the link';
  const pin = printable(change.pin ?? '');
  switch (change.kind) {
    case 'attach':
      return `${verb} ${program} to ${hook}${place(change)}`;
    case 'replace':
      return `${verb} ${program} to ${hook} in place of ${named(change.replaced, style)}${place(change)}`;
    case 'detach':
    case 'detach-link': {
      const through = change.link === null ? '' : ` through ${link}`;
      return `${verb} ${program}${hook === '' ? '' : ` from ${hook}`}${through}${place(change)}`;
    }
    case 'update-link': {
      const where = hook === '' ? '' : ` on ${hook}`;
      const old = change.replaced === null ? '' : ` in place of ${named(change.replaced, style)}`;
      return `${verb} ${link}${where}: ${program} runs${old}${place(change)}`;
    }
    case 'pin-link':
      return `${verb} ${link} at ${pin}`;
    case 'unpin':
      return `${verb} ${pin}`;
    case 'load-program':
      return `${verb} ${program}`;
  }
}

function named(program: ChangeProgram | null, style: Style): string {
  if (program === null) return '?';
  const name = printable(program.fullName ?? program.name ?? '');
  const id = program.id === null ? '' : `id ${program.id}`;
  if (name === '') return id || 'a program';
  return `${style.name(name)}${id === '' ? '' : ` (${id})`}`;
}

/** `, position 2, revision 4 → 5`, as far as it is known. */
function place(change: Change): string {
  const { position, revisionBefore } = change;
  const parts: string[] = [];
  if (position !== null) parts.push(`, position ${position}`);
  if (revisionBefore !== null) {
    const after = change.revisionAfter ?? plannedRevision(change);
    parts.push(`, revision ${revisionBefore}${after === null ? '' : ` → ${after}`}`);
  }
  return parts.join('');
}

/** Every change counts one up; what follows the last program depends on what else holds the hook (spec 8.2). */
function plannedRevision({ dryRun, revisionBefore, after }: Change): string | null {
  return dryRun && revisionBefore !== null && after.length > 0 ? String(BigInt(revisionBefore) + 1n) : null;
}

interface ChangeLine {
  readonly sign: '+' | '-' | ' ';
  readonly member: ChangeMember;
}

function chainLines(change: Change, style: Style): string[] {
  const all = compare(change.before, change.after);
  if (all.every(({ sign }) => sign === ' ')) return [];
  return shortChain(
    all.map((line) => ({ isChanged: line.sign !== ' ', text: memberLine(line, style) })),
    style,
  );
}

function memberLine({ sign, member }: ChangeLine, style: Style): string {
  const { position, program } = member;
  const name = printable(program.fullName ?? program.name ?? '?');
  const text = `  ${sign} ${String(position).padStart(2)}  ${name}  (${memberDetails(member).join(', ')})`;
  if (sign === '+') return style.good(text);
  return sign === '-' ? style.bad(text) : text;
}

/** Both chains in one: what stayed with its place after the change, what went with its place before it. */
function compare(before: readonly ChangeMember[], after: readonly ChangeMember[]): ChangeLine[] {
  const untold = new Set(
    [...before, ...after].flatMap(({ program, linkUnknown }) => (linkUnknown === true ? program.id : [])),
  );
  const keys = new Map([...keysOf(before, untold), ...keysOf(after, untold)]);
  const key = (member: ChangeMember) => keys.get(member);
  const kept = new Set(after.map(key));
  const known = new Set(before.map(key));
  const lines: ChangeLine[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const young = after[right];
    if (old !== undefined && young !== undefined && key(old) === key(young)) {
      lines.push({ sign: ' ', member: young });
      left++;
      right++;
    } else if (old !== undefined && (!kept.has(key(old)) || young === undefined || known.has(key(young)))) {
      lines.push({ sign: '-', member: old });
      left++;
    } else if (young !== undefined) {
      lines.push({ sign: '+', member: young });
      right++;
    }
  }
  return lines;
}

/** What tells members apart: program and link, and of programs whose links cannot be told the how manieth it is. */
function keysOf(
  members: readonly ChangeMember[],
  untold: ReadonlySet<number | null>,
): readonly (readonly [ChangeMember, string])[] {
  const seen = new Map<number | null, number>();
  return members.map((member) => {
    const { program, link } = member;
    if (!untold.has(program.id)) return [member, `${program.id}/${link === null ? '' : link.id}`];
    const count = (seen.get(program.id) ?? 0) + 1;
    seen.set(program.id, count);
    return [member, `${program.id} ${count}`];
  });
}
