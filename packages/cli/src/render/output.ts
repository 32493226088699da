import type { Invocation } from '../command-line/invocation.js';
import type { InputStream, Terminal, TextStream } from '../terminal.js';
import { printable } from './printable.js';
import { type Style, styleFor } from './style.js';

/** How a command answers. */
export interface OutputOptions {
  readonly format: 'text' | 'json';
  /** Ids only. */
  readonly quiet: boolean;
  readonly colors: boolean;
}

/** Where a command writes its answer, and what it has to say beside it; and where it reads what it asks for. */
export class Output {
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly style: Style;
  readonly environment: Terminal['environment'];
  readonly stdin: InputStream;
  /** Asks a question that is answered by yes or no. */
  readonly ask: (question: string) => Promise<boolean>;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  readonly #errorStyle: Style;

  constructor(terminal: Terminal, options: OutputOptions) {
    this.format = options.format;
    this.quiet = options.quiet;
    this.environment = terminal.environment;
    this.stdin = terminal.stdin;
    this.ask = (question) => terminal.ask(question, options.colors);
    this.#stdout = terminal.stdout;
    this.#stderr = terminal.stderr;
    this.style = styleFor(options.colors && terminal.stdout.isTerminal);
    this.#errorStyle = styleFor(options.colors && terminal.stderr.isTerminal);
  }

  /** Characters that fit a line of the answer; infinite in a pipe. */
  get columns(): number {
    return this.#stdout.columns;
  }

  /** Characters that a paragraph should fit. */
  get textWidth(): number {
    return Number.isFinite(this.columns) ? Math.min(this.columns, 100) : 80;
  }

  /** Whether somebody watches what goes to stderr. */
  get isWatched(): boolean {
    return this.#stderr.isTerminal;
  }

  /** Whether somebody can answer a question. */
  get canAsk(): boolean {
    return this.stdin.isTerminal && this.isWatched;
  }

  get isJson(): boolean {
    return this.format === 'json';
  }

  /** Writes lines of the answer. */
  lines(...lines: readonly string[]): void {
    if (lines.length > 0) this.#stdout.write(`${lines.join('\n')}\n`);
  }

  /** Writes a text that ends its own lines. */
  text(text: string): void {
    this.#stdout.write(text);
  }

  /** Writes a JSON document on one line, with `version` in front. */
  json(document: Readonly<Record<string, unknown>>): void {
    this.#stdout.write(`${JSON.stringify({ version: 1, ...document }, bigIntAsText)}\n`);
  }

  /** Writes one line on stderr, `mprog: message`; line breaks in the message become spaces. */
  warn(message: string): void {
    this.#stderr.write(`${this.#errorStyle.caution('mprog:')} ${oneLine(message)}\n`);
  }

  /** Writes the one line of an error on stderr. */
  fail(message: string): void {
    this.#stderr.write(`${this.#errorStyle.bad('mprog:')} ${oneLine(message)}\n`);
  }

  /** Writes text on stderr as it is: what belongs to an error, or progress. */
  aside(text: string): void {
    this.#stderr.write(text);
  }
}

/** How a command line wants to be answered. */
export function outputOptionsOf(invocation: Invocation, terminal: Terminal): OutputOptions {
  return {
    format: invocation.option('output') === 'json' ? 'json' : 'text',
    quiet: invocation.flag('quiet'),
    colors: !invocation.flag('no-color') && !terminal.environment.NO_COLOR,
  };
}

function oneLine(message: string): string {
  return printable(message.replace(/\s*\n\s*/g, ' ').trim());
}

function bigIntAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
