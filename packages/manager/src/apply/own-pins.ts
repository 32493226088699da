import type { World } from '@mprog/kernel';
import { defaultLinkPin, encodePinName, ownBpffs, UNDO } from '../bpffs.js';
import type { FoundHook } from '../found-hook.js';

/** Where mprog pins what plans need, below `mprog/` of the own bpffs. */
export class OwnPins {
  readonly #root: string;
  readonly #mount: string;

  /** @throws MprogError `ENOENT` when no bpffs is mounted */
  constructor(world: World, operation: string) {
    this.#mount = ownBpffs(world, operation);
    this.#root = `${this.#mount.replace(/\/$/, '')}/mprog`;
  }

  /** Directory of the arrays of stand-ins. */
  get standIns(): string {
    return `${this.#root}/stand-ins`;
  }

  /** Directory of what can be undone. */
  get undo(): string {
    return `${this.#root}/${UNDO}`;
  }

  /** Directory of the links of all hooks. */
  get links(): string {
    return `${this.#root}/links`;
  }

  /** Where a program is kept that an entry of the history took off a hook. */
  undoOf(entry: string, program: number): string {
    return `${this.undo}/${encodePinName(entry)}/${program}`;
  }

  /** Where the link of a key on a hook is pinned. */
  linkOf(hook: FoundHook, key: string): string {
    return defaultLinkPin(this.#mount, hook, key);
  }
}
