import type { Cell, Model } from './model.js';

/*
 * A chain as a string, a character for each cell, so that it can be the key of a map: for a program of ours its thing,
 * how it is attached and whether the place holds a stand-in, for the rest the thing alone.
 */

const OTHERS = 64;

export function lineOf({ own }: Model, cells: readonly Cell[]): string {
  return String.fromCharCode(
    ...cells.map(({ thing, kind, copy }) =>
      thing < own ? ownCode(thing, kind === 'link' ? 1 : 0, copy) : codeOfThing(thing),
    ),
  );
}

export function ownCode(thing: number, kind: 0 | 1, standIn: boolean): number {
  return thing * 4 + kind * 2 + (standIn ? 1 : 0);
}

/** The code of what is not ours. */
export function codeOfThing(thing: number): number {
  return OTHERS + thing;
}

export function isOwn(code: number): boolean {
  return code < OTHERS;
}

export function thingOf(code: number): number {
  return code < OTHERS ? code >> 2 : code - OTHERS;
}

/** 0 direct, 1 link; of a program of ours alone. */
export function kindCode(code: number): 0 | 1 {
  return ((code >> 1) & 1) as 0 | 1;
}

export function isStandIn(code: number): boolean {
  return (code & 1) === 1;
}
