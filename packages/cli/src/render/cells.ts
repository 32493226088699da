import { splitPins } from './split-pins.js';
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

/** Paths of pins in one cell, without those that only keep it for `undo`; `?` where they could not be read, `-` for none. */
export function pinsCell(...lists: readonly (readonly string[] | null)[]): string {
  const { pins, kept } = splitPins(lists.flatMap((list) => list ?? []));
  if (pins.length > 0) return pins.join(', ');
  if (kept > 0) return 'kept for undo';
  return lists.includes(null) ? '?' : '-';
}

/** A count with its noun, `1 program`, `3 programs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
