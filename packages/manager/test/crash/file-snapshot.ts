import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What a file holds at one moment; it may not exist then. */
export class FileSnapshot {
  readonly #path: string;
  readonly #bytes: Uint8Array | null;

  constructor(path: string) {
    this.#path = path;
    this.#bytes = existsSync(path) ? readFileSync(path) : null;
  }

  restore(): void {
    if (this.#bytes === null) rmSync(this.#path, { force: true });
    else writeFileSync(this.#path, this.#bytes);
  }
}
