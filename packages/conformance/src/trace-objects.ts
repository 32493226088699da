import type { Kernel } from '@mprog/kernel';
import type { Handle, TraceRelative } from './trace.js';

/** Far above any limit on open files, so never open. */
const BOGUS_FD = 0x7fff_0000;
/** Ids are given in ascending order from 1, so this one is unused. */
const BOGUS_ID = 0x7fff_fff0;

interface TraceLink {
  readonly id: number;
  readonly fds: number[];
}

/** The objects of a replay: handles of the trace to fds and ids, and ids back to handles. */
export class TraceObjects {
  readonly #kernel: Kernel;
  readonly #programs: Map<Handle, { readonly fd: number; readonly id: number }> = new Map();
  readonly #links: Map<Handle, TraceLink> = new Map();
  readonly #programNames: Map<number, Handle> = new Map();
  readonly #linkNames: Map<number, Handle> = new Map();
  #file: number | null = null;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  addProgram(name: Handle, fd: number): void {
    const { id } = this.#kernel.programs.info(fd);
    this.#programs.set(name, { fd, id });
    this.#programNames.set(id, name);
  }

  addFile(fd: number): void {
    this.#file = fd;
  }

  addLink(name: Handle, fd: number): void {
    const { id } = this.#kernel.links.info(fd);
    this.#links.set(name, { id, fds: [fd] });
    this.#linkNames.set(id, name);
  }

  /** The fd that a handle stands for: 0 for none, a bogus one for a link that has no open fd. */
  fd(handle: Handle | null): number {
    if (handle === null) return 0;
    if (handle === 'file') return this.#file ?? BOGUS_FD;
    return this.#programs.get(handle)?.fd ?? this.#links.get(handle)?.fds.at(-1) ?? BOGUS_FD;
  }

  /** The number that goes into `relative_fd` or `relative_id`. */
  relative(rel: TraceRelative | null): number {
    if (rel === null || rel.kind === 'none') return 0;
    if (rel.kind === 'file') return this.fd('file');
    if (rel.kind === 'bogus') return rel.by === 'fd' ? BOGUS_FD : BOGUS_ID;
    if (rel.by === 'fd') return this.fd(rel.ref);
    return this.#programs.get(rel.ref)?.id ?? this.#links.get(rel.ref)?.id ?? BOGUS_ID;
  }

  /** Opens one more fd for a link, by its id. */
  openLink(name: Handle): void {
    const link = this.#links.get(name);
    const opened = this.#kernel.links.open(link?.id ?? BOGUS_ID);
    if (link === undefined) opened.close();
    else link.fds.push(opened.fd);
  }

  /** The id of a link with one open fd, which closing ends; null for any other. */
  endingId(name: Handle): number | null {
    const link = this.#links.get(name);
    return link?.fds.length === 1 ? link.id : null;
  }

  /** Closes an fd of a link; returns 0 or the negated error number. */
  closeLink(name: Handle): number {
    const fd = this.#links.get(name)?.fds.pop() ?? BOGUS_FD;
    return this.#kernel.host.world.close(fd);
  }

  /** The handle of a program, or its id in words when the replay did not make it. */
  programName(id: number): Handle {
    return this.#programNames.get(id) ?? `program id ${id}`;
  }

  /** The handle of a link, null for id 0. */
  linkName(id: number): Handle | null {
    return id === 0 ? null : (this.#linkNames.get(id) ?? `link id ${id}`);
  }

  /** Closes every fd. */
  close(): void {
    const { world } = this.#kernel.host;
    for (const { fds } of this.#links.values()) for (const fd of fds.splice(0)) world.close(fd);
    for (const { fd } of this.#programs.values()) world.close(fd);
    this.#programs.clear();
    if (this.#file !== null) world.close(this.#file);
    this.#file = null;
  }
}
