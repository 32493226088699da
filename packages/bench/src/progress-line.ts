/** Where a {@link ProgressLine} is written: a stream of the process. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR = '\r\u001b[K';

/** One line that says what goes on, written over again and again; nothing where nobody looks at a terminal. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  #isShown = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Whether somebody may be looking. */
  get isWatched(): boolean {
    return this.#stream.isTTY === true;
  }

  show(text: string): void {
    if (!this.isWatched) return;
    // A line that is broken could not be written over.
    this.#stream.write(`${CLEAR}${text.slice(0, (this.#stream.columns || 80) - 1)}`);
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) this.#stream.write(CLEAR);
    this.#isShown = false;
  }
}
