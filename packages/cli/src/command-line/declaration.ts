import type { Run } from '../run.js';

/** What a value names; completion offers live values of its kind. */
export type ValueKind =
  | 'hook'
  | 'attached hook'
  | 'reference'
  | 'program'
  | 'link'
  | 'namespace'
  | 'device'
  | 'cgroup'
  | 'kernel'
  | 'pin'
  | 'object'
  | 'trace'
  | 'policy'
  | 'entry'
  | 'file'
  | 'directory'
  | 'command'
  | 'choice'
  | 'number'
  | 'text';

/** A value of an option or an argument. */
export interface ValueDeclaration {
  /** How help and usage lines write it, `HOOK`. */
  readonly placeholder: string;
  readonly kind: ValueKind;
  /** The only values that are taken, for `choice`. */
  readonly choices?: readonly string[];
}

/** An option; without a value it is a flag. */
export interface OptionDeclaration {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly value?: ValueDeclaration;
  /** May be given more than once. */
  readonly repeated?: true;
  readonly summary: string;
}

/** A positional argument. */
export interface ArgumentDeclaration extends ValueDeclaration {
  readonly summary: string;
  readonly optional?: true;
  /** Takes all words that are left; the last argument only. */
  readonly repeated?: true;
}

/** Options and arguments of which only one may be given: `--NAME` for options, the placeholder for arguments. */
export interface Alternatives {
  readonly names: readonly string[];
  /** One of them must be given. */
  readonly required?: true;
}

/** A command line to show in a help text, and what it does. */
export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** A command: what it takes, what help says of it, and where its code is. */
export interface CommandDeclaration {
  /** Its words, `['link', 'ls']`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** Paragraphs for its help text. */
  readonly description?: readonly string[];
  readonly arguments: readonly ArgumentDeclaration[];
  readonly options: readonly OptionDeclaration[];
  readonly alternatives?: readonly Alternatives[];
  readonly examples: readonly Example[];
  /** Names of common options that mean nothing to this one, so that it refuses them. */
  readonly without?: readonly string[];
  /** Makes a host of its own: `--kernel` takes `simulated` instead of `simulated:FILE`. */
  readonly ownHost?: true;
  /** Left out of help and completion. */
  readonly hidden?: true;
  /** Words after it are passed on as they are, options and all. */
  readonly verbatim?: true;
  /** Loads the module that does it; nothing of it is read before. */
  load(): Promise<{ readonly run: Run }>;
}

/** Words that only lead to commands, `link`. */
export interface GroupDeclaration {
  readonly path: readonly string[];
  readonly summary: string;
  /** Paragraphs for its help text. */
  readonly description?: readonly string[];
}

/** Commands that belong together, with the words that lead to them; none for commands of one word. */
export interface CommandGroup {
  readonly groups: readonly GroupDeclaration[];
  readonly commands: readonly CommandDeclaration[];
}

/** The whole command line, in the order in which help lists it. */
export interface CommandTable {
  readonly commands: readonly CommandDeclaration[];
  readonly groups: readonly GroupDeclaration[];
  /** Options that every command takes, but for those that it is `without`. */
  readonly options: readonly OptionDeclaration[];
}
