import type { World } from '@mprog/kernel';
import { defaultLinkPin, encodePinName, ownBpffs, UNDO } from '../host/bpffs.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import { isDefunct } from '../host/link-listing.js';

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

  /** Paths of links on a hook that we pinned and that were severed, or whose pin a kill has left. */
  left(view: HostView, hook: FoundHook): readonly string[] {
    const directory = this.linkOf(hook, '');
    return view.pins.entries.flatMap((entry) =>
      entry.kind === 'link' && entry.path.startsWith(directory) && isDefunct(entry.info) === true
        ? [entry.path]
        : [],
    );
  }

  /** Where the link of a key on a hook is pinned. */
  linkOf(hook: FoundHook, key: string): string {
    return defaultLinkPin(this.#mount, hook, key);
  }
}
