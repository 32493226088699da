import type { CommandDeclaration } from './declaration.js';

/** The options that were given on a command line. */
export interface GivenOptions {
  /** The value of an option, the last one where it was given twice. */
  option(name: string): string | undefined;
}

/** A command line that was understood: the command, its arguments by placeholder and its options by name. */
export class Invocation implements GivenOptions {
  readonly command: CommandDeclaration;
  readonly #arguments: ReadonlyMap<string, readonly string[]>;
  readonly #options: ReadonlyMap<string, readonly string[]>;

  constructor(
    command: CommandDeclaration,
    values: ReadonlyMap<string, readonly string[]>,
    options: ReadonlyMap<string, readonly string[]>,
  ) {
    this.command = command;
    this.#arguments = values;
    this.#options = options;
  }

  /** The value of an argument that must be given. */
  argument(placeholder: string): string {
    const value = this.optionalArgument(placeholder);
    if (value === undefined) throw new TypeError(`${this.command.path.join(' ')} takes no ${placeholder}`);
    return value;
  }

  optionalArgument(placeholder: string): string | undefined {
    return this.#arguments.get(placeholder)?.[0];
  }

  /** Every value of a repeated argument, in the order in which they were given. */
  argumentList(placeholder: string): readonly string[] {
    return this.#arguments.get(placeholder) ?? [];
  }

  /** Whether an option was given. */
  flag(name: string): boolean {
    return this.#options.has(name);
  }

  option(name: string): string | undefined {
    return this.#options.get(name)?.at(-1);
  }

  /** Every value of a repeated option. */
  optionList(name: string): readonly string[] {
    return this.#options.get(name) ?? [];
  }
}
