/** The planner's key of a program that no policy names. */
export function keyOf(program: number): string {
  return `id:${program}`;
}

/** The program that such a key names; null for a key of another kind. */
export function idOfKey(key: string): number | null {
  const id = /^id:([1-9][0-9]*)$/.exec(key)?.[1];
  return id === undefined ? null : Number(id);
}
