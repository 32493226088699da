import type { AttachRequest, DetachRequest, Relative, RelativeResolver } from '../src/index.js';

/** What the model says of a request: an index or program on success, a refusal, or the code of what is thrown. */
export type Outcome = number | string;

/**
 * Chapters 3 to 5 of the specification, transcribed rule by rule with ordinary arrays and with the double buffering that
 * the engine does without. Slow and plain on purpose; it shares no code with the engine.
 */
export class PlainArrayModel {
  readonly capacity: number;
  revision = 1;
  active: 'A' | 'B' = 'A';
  readonly sides: { A: number[]; B: number[] } = { A: [], B: [] };
  owners: number[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get programs(): number[] {
    return this.sides[this.active];
  }

  attach(request: AttachRequest): Outcome {
    const owner = request.link ?? 0;
    if (this.#stale(request.expectedRevision)) return 'ESTALE';
    if (this.programs.includes(request.program)) return 'EEXIST';
    const relative = this.#resolve(request.relative);
    if (typeof relative === 'string') return relative;

    const named: number[] = [];
    const replacing = Boolean(request.replace);
    if (replacing) {
      const slot = this.programs.indexOf(request.replace as number);
      if (slot === -1) return 'ENOENT';
      if (this.owners[slot] !== owner) return 'EBUSY';
      named.push(slot);
    }
    if (!replacing && this.programs.length === this.capacity) return 'ERANGE';
    const refused = this.#directives(named, request, relative);
    if (refused !== undefined) return refused;
    if (named.length === 0 && (relative !== 0 || request.qualified)) return 'EINVAL';

    if (replacing) {
      const slot = named[0] as number;
      this.programs[slot] = request.program;
      this.revision += 1;
      return slot;
    }
    if (owner !== 0 && this.owners.includes(owner)) return 'ERR_INVALID_ARGUMENT';
    let slot = this.programs.length;
    if (request.before) slot = (named[0] as number) + 1;
    else if (request.after) slot = named[0] as number;
    this.#publish(this.programs.toSpliced(slot, 0, request.program));
    this.owners = this.owners.toSpliced(slot, 0, owner);
    return slot;
  }

  detach(request: DetachRequest): Outcome {
    const owner = request.link ?? 0;
    if (request.replace) return 'EINVAL';
    if (this.#stale(request.expectedRevision)) return 'ESTALE';
    const n = this.programs.length;
    if (n === 0) return 'ENOENT';
    const relative = this.#resolve(request.relative);
    if (typeof relative === 'string') return relative;

    const named: number[] = [];
    if (request.program) {
      const slot = this.programs.indexOf(request.program);
      if (slot === -1) return 'ENOENT';
      if (this.owners[slot] !== owner) return 'EBUSY';
      named.push(slot);
    }
    const refused = this.#directives(named, request, relative);
    if (refused !== undefined) return refused;
    if (named.length === 0) {
      if (relative !== 0 || request.qualified) return 'EINVAL';
      named.push(n);
    }
    const position = named[0] as number;
    if (position >= this.capacity) return 'ERANGE';
    const slot = Math.max(0, Math.min(position, n - 1));
    if (this.owners[slot] !== 0 && this.owners[slot] !== owner) return 'EBUSY';

    const removed = this.programs[slot] as number;
    this.#publish(this.programs.toSpliced(slot, 1));
    this.owners = this.owners.toSpliced(slot, 1);
    return removed;
  }

  #stale(expected: number | bigint | undefined): boolean {
    return expected !== undefined && BigInt(expected) !== 0n && BigInt(expected) !== BigInt(this.revision);
  }

  #resolve(relative: Relative | RelativeResolver | undefined): Relative | string {
    return typeof relative === 'function' ? relative() : (relative ?? 0);
  }

  #directives(
    named: number[],
    request: { readonly before?: boolean; readonly after?: boolean },
    relative: Relative,
  ): string | undefined {
    const at = relative < 0 ? this.owners.indexOf(-relative) : this.programs.indexOf(relative);
    for (const direction of ['before', 'after'] as const) {
      if (!request[direction]) continue;
      if (relative !== 0 && at === -1) return 'ENOENT';
      if (direction === 'before') named.push(relative === 0 ? -1 : at - 1);
      else named.push(relative === 0 ? this.programs.length : at + 1);
      if (new Set(named).size > 1) return 'ERANGE';
    }
    return undefined;
  }

  /** Writes the changed list to the peer of the active side and makes the peer active. */
  #publish(programs: number[]): void {
    this.active = this.active === 'A' ? 'B' : 'A';
    this.sides[this.active] = programs;
    this.revision += 1;
  }
}
