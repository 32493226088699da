import { type Refusal, refusalTexts } from './refusal.js';

/** A stable, machine-readable name of an error: the errno name where there is one, else `ERR_…`. */
export type ErrorCode = string;

/** What an error may carry besides code and message. */
export interface MprogErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** What a program needs to act on the error: revisions, ids, names. Copied and frozen. */
  readonly data?: Readonly<Record<string, unknown>>;
}

const brand: symbol = Symbol.for('@mprog/core/error');
const refusalBrand: symbol = Symbol.for('@mprog/core/refusal-error');

function hasBrand(value: unknown, symbol: symbol): boolean {
  return value instanceof Error && symbol in value;
}

/**
 * The base class of every error of the project; `name` is the name of the class.
 *
 * Act on `code`, never on the message, which is for people.
 */
export class MprogError extends Error {
  /** Stable name of the error, for example `ESTALE`. */
  readonly code: ErrorCode;
  /** Frozen details; empty when there are none. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: MprogErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
    this.code = code;
    this.data = Object.freeze({ ...options.data });
  }

  /** Whether `value` is an error of this project, also one from another copy of the package. */
  static is(value: unknown): value is MprogError {
    return hasBrand(value, brand);
  }

  static {
    Object.defineProperty(MprogError.prototype, brand, { value: true });
  }
}

/** What a {@link RefusalError} may carry. */
export interface RefusalErrorOptions extends MprogErrorOptions {
  /** The rule as it applies here; by default the general rule of the code. */
  readonly reason?: string;
  /** What to do about it; by default the general remedy of the code. */
  readonly remedy?: string;
}

/**
 * An operation on a chain was refused; nothing was changed.
 *
 * The message is `operation: reason (CODE); remedy`, for example
 * `attach program 7: revision is 7, expected 5 (ESTALE); somebody changed the chain since it was read: …`.
 */
export class RefusalError extends MprogError {
  declare readonly code: Refusal;

  constructor(operation: string, refusal: Refusal, options: RefusalErrorOptions = {}) {
    const { rule, remedy } = refusalTexts[refusal];
    super(
      refusal,
      `${operation}: ${options.reason ?? rule} (${refusal}); ${options.remedy ?? remedy}`,
      options,
    );
  }

  /** Whether `value` is a refusal of the engine, also one from another copy of the package. */
  static override is(value: unknown): value is RefusalError {
    return hasBrand(value, refusalBrand);
  }

  static {
    Object.defineProperty(RefusalError.prototype, refusalBrand, { value: true });
  }
}

/** The code of an error about an argument that no rule of the specification covers, such as a fraction for a revision. */
export const INVALID_ARGUMENT = 'ERR_INVALID_ARGUMENT';

/** Builds the error for an argument of a wrong kind: `operation: what is wrong`. */
export function invalidArgument(
  operation: string,
  reason: string,
  data?: Record<string, unknown>,
): MprogError {
  return new MprogError(INVALID_ARGUMENT, `${operation}: ${reason}`, data === undefined ? {} : { data });
}

/** A value for a message: numbers and words as they are, of all else only what it is, since it may have no text. */
export function textOf(value: unknown): string {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
  return Array.isArray(value) ? 'an array' : typeof value === 'function' ? 'a function' : 'an object';
}

/** Refuses what cannot be an argument of named fields. */
export function checkObject(operation: string, argument: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return;
  throw invalidArgument(operation, `${argument} must be an object, got ${textOf(value)}`);
}
