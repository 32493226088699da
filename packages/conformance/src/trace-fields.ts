import type { MprogError } from '@mprog/core';
import { traceError } from './trace-error.js';

/** The fields of one JSON object of a trace, read one by one; every refusal names file, line and field. */
export class TraceFields {
  readonly file: string;
  readonly line: number;
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #read: Set<string> = new Set();

  /** @param path where the object stands in its line (`q.ingress`), empty for the line itself */
  constructor(file: string, line: number, path: string, value: unknown) {
    this.file = file;
    this.line = line;
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#refuse(path === '' ? 'the line' : path, 'an object', value);
    }
    this.#values = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** The raw value; it must be there. */
  value(name: string): unknown {
    if (!this.has(name)) throw traceError(this.file, this.line, `${this.#name(name)} is missing`);
    this.#read.add(name);
    return this.#values[name];
  }

  object(name: string): TraceFields {
    return new TraceFields(this.file, this.line, this.#name(name), this.value(name));
  }

  /** An integer that a number holds exactly, from `least` to `most`. */
  integer(name: string, least: number = 0, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name);
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
      throw this.refuse(
        name,
        most === Number.MAX_SAFE_INTEGER
          ? `an integer from ${least} on`
          : `an integer from ${least} to ${most}`,
      );
    }
    return value as number;
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== 'boolean') throw this.refuse(name, 'true or false');
    return value;
  }

  /** One of the given words. */
  word<const Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.value(name);
    if (!words.includes(value as Word)) throw this.refuse(name, oneOf(words));
    return value as Word;
  }

  /** Text of a given form; `expected` says the form in words. */
  text(name: string, form: RegExp, expected: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || !form.test(value)) throw this.refuse(name, expected);
    return value;
  }

  /** An array, each entry through `read`, which returns undefined for an entry that is none. */
  array<Entry>(name: string, expected: string, read: (value: unknown) => Entry | undefined): Entry[] {
    const value = this.value(name);
    if (!Array.isArray(value)) throw this.refuse(name, expected);
    return value.map((entry) => {
      const result = read(entry);
      if (result === undefined) throw this.#refuse(`an entry of ${this.#name(name)}`, expected, entry);
      return result;
    });
  }

  /** Refuses fields that nothing read: what is not understood can't be replayed. */
  finish(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown !== undefined) {
      throw traceError(this.file, this.line, `${this.#name(unknown)} is no field of the format here`);
    }
  }

  /** The error for a field whose value is not what the format says. */
  refuse(name: string, expected: string): MprogError {
    return this.#refuse(this.#name(name), expected, this.#values[name]);
  }

  #refuse(what: string, expected: string, value: unknown): MprogError {
    return traceError(this.file, this.line, `${what} must be ${expected}, not ${shortly(value)}`);
  }

  #name(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

/** A value as JSON, cut; one that is nested deeper than the stack allows by its kind. */
function shortly(value: unknown): string {
  try {
    const shown = JSON.stringify(value) ?? 'undefined';
    return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return Array.isArray(value) ? '[...]' : '{...}';
  }
}

function oneOf(words: readonly string[]): string {
  if (words.length === 1) return `${words[0]}`;
  return `one of ${words.join(', ')}`;
}
