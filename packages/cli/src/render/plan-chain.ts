import type { HookOutcome, PlanMember, PlanSign } from '@mprog/manager/policy';
import { memberDetails } from './member-details.js';
import { printable } from './printable.js';
import { shortChain } from './short-chain.js';
import type { Markup, Style } from './style.js';

interface PlanLine {
  readonly sign: PlanSign;
  readonly member: PlanMember;
  /** What it was before: the place of what moves, how it was attached where that changes; null for nothing to say. */
  readonly was: string | null;
}

/** What the signs in front of a member mean. */
export const signWords = '+ attach, > move, ~ replace, - detach';

/**
 * A chain as it is and as it will be, in one: what stays and comes with its place afterwards, what goes with its place
 * before; nothing when it stays as it is.
 */
export function renderPlanChain(
  { before, after }: Pick<HookOutcome, 'before' | 'after'>,
  style: Style,
): string[] {
  const lines = merge(before, after);
  return shortChain(
    lines.map((line) => ({ isChanged: line.sign !== ' ', text: memberLine(line, style) })),
    style,
  );
}

/** What stays is in both chains in the same order; the others stand where they are in theirs. */
function merge(before: readonly PlanMember[], after: readonly PlanMember[]): readonly PlanLine[] {
  const lines: PlanLine[] = [];
  const isKept = ({ sign }: PlanMember) => sign === ' ' || sign === '~';
  let right = 0;
  const come = () => {
    for (let one = after[right]; one !== undefined && !isKept(one); one = after[++right]) {
      const old = one.sign === '>' ? before.find((other) => isSame(other, one)) : undefined;
      const was = old === undefined ? null : [String(old.position), ...otherAttachment(old, one)].join(', ');
      lines.push({ sign: one.sign, member: one, was });
    }
  };
  for (const old of before) {
    if (old.sign === '-') lines.push({ sign: '-', member: old, was: null });
    if (!isKept(old)) continue;
    come();
    const kept = after[right];
    if (kept !== undefined) {
      const was = kept.sign === '~' ? (otherAttachment(old, kept)[0] ?? null) : null;
      lines.push({ sign: kept.sign, member: kept, was });
    }
    right++;
  }
  for (; right < after.length; right++) {
    come();
    const one = after[right];
    if (one !== undefined) lines.push({ sign: one.sign, member: one, was: null });
  }
  return lines;
}

/** How a member was attached, where it comes to be attached the other way. */
function otherAttachment(old: PlanMember, member: PlanMember): readonly string[] {
  if (old.linkUnknown === true || (old.link === null) === (member.link === null)) return [];
  return [old.link === null ? 'without a link' : `by link ${old.link.id}`];
}

function isSame(one: PlanMember, other: PlanMember): boolean {
  if (one.sign !== '>') return false;
  return one.key === null || other.key === null ? one.program.id === other.program.id : one.key === other.key;
}

function memberLine({ sign, member, was }: PlanLine, style: Style): string {
  const { position, key, program, standIn } = member;
  const own = program.fullName ?? program.name ?? '?';
  const details = [
    ...(standIn ? ['stand-in'] : key !== null && own !== key ? [own] : []),
    ...memberDetails(member),
    ...(was === null ? [] : [`was ${was}`]),
  ];
  const text = `  ${sign} ${String(position).padStart(2)}  ${key ?? own}  (${details.join(', ')})`;
  return markupOf(sign, style)(printable(text));
}

function markupOf(sign: PlanSign, style: Style): Markup {
  switch (sign) {
    case '+':
      return style.good;
    case '-':
      return style.bad;
    case '>':
    case '~':
      return style.caution;
    case ' ':
      return (text) => text;
  }
}
