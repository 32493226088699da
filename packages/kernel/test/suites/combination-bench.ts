import type { Entry } from '../../../core/test/chains.js';
import type { CombinedRequest } from '../../../core/test/combinations.js';
import { attachType, flag } from '../../src/index.js';
import { type Bench, BOGUS, UNUSED_ID } from './bench.js';
import { type AttachFields, fdOf, type Result } from './raw-calls.js';

/** A combined request, and what only a kernel knows. */
export interface KernelRequest extends CombinedRequest {
  readonly revision?: number | bigint;
  readonly detachReplace?: boolean;
}

/** Programs and links by small numbers, as the engine's tests name them, on the ingress hook of a bench's device. */
export class CombinationBench {
  readonly #bench: Bench;
  readonly #programs = new Map<number, number>();
  readonly #links = new Map<number, number>();

  constructor(bench: Bench, entries: readonly Entry[]) {
    this.#bench = bench;
    for (const entry of entries) {
      if (typeof entry === 'number') bench.attach([this.program(entry)]);
      else this.#links.set(entry[1], bench.link(this.program(entry[0])));
    }
  }

  /** The fd of a program, which is loaded when it is first named. */
  program(number: number): number {
    let fd = this.#programs.get(number);
    if (fd === undefined) {
      fd = this.#bench.program();
      this.#programs.set(number, fd);
    }
    return fd;
  }

  /** The fd of a link; one that is not on the hook is made on the other hook of the device. */
  link(number: number): number {
    let fd = this.#links.get(number);
    if (fd === undefined) {
      const { raw, device } = this.#bench;
      const type = attachType.TCX_EGRESS;
      fd = fdOf(raw.linkCreate({ target: device, type, program: this.#bench.program() }));
      this.#links.set(number, fd);
    }
    return fd;
  }

  /** Attaches program 9, or the one that the request names; with a link, by LINK_CREATE. */
  attach(request: KernelRequest): Result {
    const { raw } = this.#bench;
    const fields = this.#fields({ program: 9, ...request });
    if (request.link === undefined) return raw.attach(fields);
    const result = raw.linkCreate(fields);
    return typeof result === 'string' ? result : 0;
  }

  detach(request: KernelRequest): Result {
    return this.#bench.raw.detach(this.#fields(request));
  }

  /** What is attached, in the form of the constructor. */
  entries(): Entry[] {
    const { raw, device } = this.#bench;
    const programs = new Map([...this.#programs].map(([number, fd]) => [raw.idOf(fd), number]));
    const links = new Map([...this.#links].map(([number, fd]) => [raw.idOf(fd), number]));
    const answer = raw.query(device);
    return answer.programs.map((id, i) => {
      const program = programs.get(id)!;
      return answer.links[i] === 0 ? program : [program, links.get(answer.links[i]!)!];
    });
  }

  #fields({
    program,
    replace,
    before,
    after,
    revision,
    detachReplace,
    ...request
  }: KernelRequest): AttachFields {
    const { flags, relative } = this.#relative(request);
    const replaces = replace !== undefined || detachReplace === true;
    return {
      target: this.#bench.device,
      program: program === undefined ? 0 : this.program(program),
      flags: flags | (replaces ? flag.REPLACE : 0) | (before ? flag.BEFORE : 0) | (after ? flag.AFTER : 0),
      replace: replace === undefined ? 0 : this.program(replace),
      relative,
      revision: revision ?? 0,
    };
  }

  #relative({ relative, qualified }: CombinedRequest): { flags: number; relative: number } {
    if (qualified) return { flags: flag.ID, relative: this.#bench.raw.idOf(this.program(77)) };
    if (relative === undefined) return { flags: 0, relative: 0 };
    if (typeof relative === 'number')
      return relative < 0
        ? { flags: flag.LINK, relative: this.link(-relative) }
        : { flags: 0, relative: this.program(relative) };
    const refusal = relative();
    if (refusal === 'EBADF') return { flags: 0, relative: BOGUS };
    if (refusal === 'EINVAL') return { flags: 0, relative: this.#bench.laboratory.openFile() };
    if (refusal === 'ENOENT') return { flags: flag.ID, relative: UNUSED_ID };
    throw new Error(`no object has a look-up that ends in ${refusal}`);
  }
}
