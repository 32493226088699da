import type { PolicyProblem, PolicyProblemCode } from './policy-problem.js';
import { type TextPosition, textPositions } from './text-position.js';

/** The text of a policy as what is said about it: names and places for messages, and the problems that were found. */
export class PolicyText {
  /** What messages call the file. */
  readonly file: string;
  readonly #positionOf: (offset: number) => TextPosition;
  readonly #found: { readonly offset: number; readonly problem: PolicyProblem }[] = [];

  constructor(file: string, text: string) {
    this.file = file;
    this.#positionOf = textPositions(text);
  }

  /** A place as messages cite it, `policy.yaml:12:5`. */
  where(offset: number): string {
    const { line, column } = this.#positionOf(offset);
    return `${this.file}:${line}:${column}`;
  }

  error(code: PolicyProblemCode, offset: number, message: string): void {
    this.#add('error', code, offset, message);
  }

  warn(code: PolicyProblemCode, offset: number, message: string): void {
    this.#add('warning', code, offset, message);
  }

  /** By their places. */
  get problems(): readonly PolicyProblem[] {
    return [...this.#found].sort((a, b) => a.offset - b.offset).map(({ problem }) => problem);
  }

  get hasErrors(): boolean {
    return this.#found.some(({ problem }) => problem.severity === 'error');
  }

  #add(severity: PolicyProblem['severity'], code: PolicyProblemCode, offset: number, message: string): void {
    const problem = Object.freeze({ severity, code, message, file: this.file, ...this.#positionOf(offset) });
    this.#found.push({ offset, problem });
  }
}
