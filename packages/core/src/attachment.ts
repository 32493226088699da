/**
 * One function on a {@link Hook}, from the moment it was attached until it is closed, detached or replaced.
 *
 * The hook keeps it alive: losing the last reference to an attachment does not detach. Close it, or hold it by `using`.
 */
export interface Attachment<Handler> extends Disposable {
  /** The function that runs. */
  readonly handler: Handler;
  /** The name given when it was attached, else that of the function, else `anonymous`. */
  readonly name: string;
  /** Whether it has left the hook. */
  readonly closed: boolean;
  /**
   * Detaches the function. Calling it again does nothing, nor does it after a replace: the successor stays.
   *
   * A run that is under way walks the functions it started with and may still call this one.
   */
  close(): void;
}

/** @internal */
export class HookAttachment<Handler> implements Attachment<Handler> {
  readonly handler: Handler;
  readonly name: string;
  readonly handle: number;
  #detach: ((attachment: HookAttachment<Handler>) => void) | undefined;

  constructor(
    handler: Handler,
    name: string,
    handle: number,
    detach: (attachment: HookAttachment<Handler>) => void,
  ) {
    this.handler = handler;
    this.name = name;
    this.handle = handle;
    this.#detach = detach;
  }

  get closed(): boolean {
    return this.#detach === undefined;
  }

  close(): void {
    this.#detach?.(this);
  }

  /** The hook says that it is gone. */
  retire(): void {
    this.#detach = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
