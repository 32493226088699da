import type { Style } from './style.js';
import type { Cell } from './table.js';

/** A value, `?` for one that could not be read (null), `-` for an empty one. */
export function known(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '?';
  return value === '' ? '-' : String(value);
}

/** Whose something is; `?` where that could not be told. */
export function ownerCell(ours: boolean | null, style: Style): Cell {
  if (ours === null) return { text: '?', markup: style.caution };
  return ours ? { text: 'ours', markup: style.good } : { text: 'foreign', markup: style.caution };
}

/** Paths of pins in one cell; `?` where they could not be read, `-` where there are none. */
export function pinsCell(...lists: readonly (readonly string[] | null)[]): string {
  const paths = lists.flatMap((list) => list ?? []);
  if (paths.length > 0) return paths.join(', ');
  return lists.includes(null) ? '?' : '-';
}

/** A count with its noun, `1 program`, `3 programs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
