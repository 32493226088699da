import { MprogError } from '@mprog/core';
import { fromBase64 } from './base64.js';

/** The error for saved data that cannot be a kernel. */
export function damaged(where: string, reason: string): MprogError {
  return new MprogError('EBADMSG', `restore simulated kernel: ${where} ${reason} (EBADMSG)`, {
    data: { where },
  });
}

/** One value of saved data with its place in the whole; what is not as expected is refused in words. */
export class StateReader {
  readonly #value: unknown;
  readonly where: string;

  constructor(value: unknown, where: string) {
    this.#value = value;
    this.where = where;
  }

  refuse(reason: string): MprogError {
    return damaged(this.where, reason);
  }

  get isNull(): boolean {
    return this.#value === null;
  }

  get isArray(): boolean {
    return Array.isArray(this.#value);
  }

  /** A field of an object. */
  field(name: string): StateReader {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) {
      throw this.refuse('is not an object');
    }
    if (!Object.hasOwn(this.#value, name)) throw this.refuse(`has no field ${name}`);
    return new StateReader((this.#value as Record<string, unknown>)[name], `${this.where}.${name}`);
  }

  /** Whether it is an object with a field of this name. */
  has(name: string): boolean {
    const value = this.#value;
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  }

  /** Every element of an array. */
  items(): readonly StateReader[] {
    if (!Array.isArray(this.#value)) throw this.refuse('is not an array');
    return this.#value.map((item, i) => new StateReader(item, `${this.where}[${i}]`));
  }

  /** The elements of an array of a known length. */
  tuple(length: number): readonly StateReader[] {
    const items = this.items();
    if (items.length !== length) throw this.refuse(`has ${items.length} elements instead of ${length}`);
    return items;
  }

  /** An integer in a range, both ends included. */
  integer(least: number = 0, most: number = 0xffff_ffff): number {
    const value = this.#value;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw this.refuse(`is not an integer from ${least} to ${most}`);
    }
    return value;
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.refuse('is not true or false');
    return this.#value;
  }

  /** A string that a pattern matches. */
  text(pattern: RegExp = /^[^\0]*$/): string {
    if (typeof this.#value !== 'string' || !pattern.test(this.#value))
      throw this.refuse('is not as it must be');
    return this.#value;
  }

  /** One of some strings. */
  oneOf<Word extends string>(words: readonly Word[]): Word {
    const found = words.find((word) => word === this.#value);
    if (found === undefined) throw this.refuse(`is none of ${words.join(', ')}`);
    return found;
  }

  /** Bytes in base64. */
  bytes(): Uint8Array {
    const bytes = typeof this.#value === 'string' ? fromBase64(this.#value) : null;
    if (bytes === null) throw this.refuse('is not base64');
    return bytes;
  }

  /** The value as it is, for what checks it itself. */
  raw(): unknown {
    return this.#value;
  }
}
