/** A pin that keeps a program for undoing a change, `…/mprog/undo/ENTRY/ID`. */
const kept = /\/mprog\/undo\/[^/]+\/\d+$/;

/**
 * Tells pins that somebody needs from those by which mprog keeps a program for the last changes, which may be ten of one
 * program and say nothing about it.
 */
export function splitPins(paths: readonly string[]): {
  readonly pins: readonly string[];
  /** Changes that it is kept for. */
  readonly kept: number;
} {
  const pins = paths.filter((path) => !kept.test(path));
  return { pins, kept: paths.length - pins.length };
}
