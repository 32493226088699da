import { checkObject, invalidArgument, textOf } from './errors.js';

/**
 * Where an attachment is to stand, as frozen data: the directives of one request and their objects (spec 4.4, 5.2).
 *
 * `T` is whatever a host names an attachment by: a program id, a link, a function. One request carries one relative
 * object, which `before` and `after` share, and one object to replace.
 */
export interface Anchor<T> {
  /** The directive before: directly before the relative object, without one first. */
  readonly before: boolean;
  /** The directive after: directly after the relative object, without one last. */
  readonly after: boolean;
  /** The relative object; `undefined` for none. */
  readonly relative: T | undefined;
  /** The replace directive with the object whose place is taken; `undefined` for none. */
  readonly replace: T | undefined;
}

/** What the objects of an anchor, or of any of several, are. */
export type ObjectOf<A> = A extends Anchor<infer T> ? T : never;

function anchor<T>(part: Partial<Anchor<T>>): Anchor<T> {
  return Object.freeze({
    before: part.before ?? false,
    after: part.after ?? false,
    relative: part.relative,
    replace: part.replace,
  });
}

/** Before everything else: the directive before without a relative object. */
export function first(): Anchor<never> {
  return anchor<never>({ before: true });
}

/** Behind everything else: the directive after without a relative object. */
export function last(): Anchor<never> {
  return anchor<never>({ after: true });
}

/** Directly before `object`. */
export function before<T>(object: T): Anchor<T> {
  return anchor({ before: true, relative: named('before', object) });
}

/** Directly after `object`. */
export function after<T>(object: T): Anchor<T> {
  return anchor({ after: true, relative: named('after', object) });
}

/** In the place of `object`, which is detached by it. */
export function replace<T>(object: T): Anchor<T> {
  return anchor({ replace: named('replace', object) });
}

/**
 * Names `object` as the relative object without a direction. The engine looks it up and fails if it cannot; it is
 * ignored beside {@link replace} or the program of a detach, and refused with `EINVAL` alone.
 */
export function relativeTo<T>(object: T): Anchor<T> {
  return anchor({ relative: named('relativeTo', object) });
}

/**
 * Gives several directives in one request. All of them must name the same position, else the engine answers `ERANGE`
 * (spec 4.3): with {@link replace} the others are a check, `before` and `after` together never agree.
 *
 * @param anchors at least one; each directive at most once
 * @param same tells whether two objects are the same one, by default by identity
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` when they name two relative objects (or one and none), two objects to
 *   replace, or nothing: no single request can carry that.
 *
 * @example
 * combine([replace(old), before(next)]); // in the place of old, provided that next follows it directly
 */
export function combine<const Anchors extends readonly Anchor<unknown>[]>(
  anchors: Anchors,
  same: (a: ObjectOf<Anchors[number]>, b: ObjectOf<Anchors[number]>) => boolean = Object.is,
): Anchor<ObjectOf<Anchors[number]>> {
  type Combined = Anchor<ObjectOf<Anchors[number]>>;
  let combined: Combined | undefined;
  if (!Array.isArray(anchors)) {
    throw invalidArgument('combine anchors', `anchors must be an array, got ${textOf(anchors)}`);
  }
  for (const next of anchors as readonly Combined[]) {
    checkObject('combine anchors', 'each of anchors', next);
    combined = combined === undefined ? next : merge(combined, next, same);
  }
  if (combined === undefined) throw invalidArgument('combine anchors', 'there is none');
  return combined;
}

function merge<T>(a: Anchor<T>, b: Anchor<T>, same: (a: T, b: T) => boolean): Anchor<T> {
  const refuse = (reason: string): Error => invalidArgument('combine anchors', reason);
  if (a.before && b.before) throw refuse('before is given twice');
  if (a.after && b.after) throw refuse('after is given twice');
  if (a.replace !== undefined && b.replace !== undefined) throw refuse('replace is given twice');
  if (places(a) && places(b)) {
    const agree =
      a.relative === undefined || b.relative === undefined
        ? a.relative === b.relative
        : same(a.relative, b.relative);
    if (!agree) throw refuse('one request carries one relative object, which before and after share');
  }
  return anchor({
    before: a.before || b.before,
    after: a.after || b.after,
    relative: a.relative ?? b.relative,
    replace: a.replace ?? b.replace,
  });
}

function places(anchor: Anchor<unknown>): boolean {
  return anchor.before || anchor.after || anchor.relative !== undefined;
}

function named<T>(directive: string, object: T): T {
  if (object === undefined || object === null) {
    throw invalidArgument(directive, `an object is needed, got ${String(object)}`);
  }
  return object;
}
