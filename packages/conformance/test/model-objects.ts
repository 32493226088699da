import type { Handle } from '../src/trace.js';

/** A link of a model. */
export interface ModelLink {
  program: Handle;
  /** Hook that it is attached to; null once it is defunct. */
  on: string | null;
  openFds: number;
}

/** The fds of a trace as a model sees them: programs that are always open, links, and what is neither (chapter 2). */
export class ModelObjects {
  readonly links: Map<Handle, ModelLink> = new Map();

  /** Whether a link has an open fd. */
  isAlive(name: Handle): boolean {
    return (this.links.get(name)?.openFds ?? 0) > 0;
  }

  /** The program behind an fd; fd 0 is a file, a link without an open fd is a bogus one. */
  programByFd(name: Handle | null): Handle {
    if (name === null || name === 'file') return 'EINVAL';
    if (name.startsWith('p') || name === 'x0') return name;
    return this.isAlive(name) ? 'EINVAL' : 'EBADF';
  }

  /** The program behind an fd, which must be of the type that the hooks take. */
  ownTypeByFd(name: Handle | null): Handle {
    const program = this.programByFd(name);
    return program === 'x0' ? 'EINVAL' : program;
  }

  linkByFd(name: Handle): ModelLink | 'EBADF' | 'EINVAL' {
    const link = this.links.get(name);
    if (link !== undefined && link.openFds > 0) return link;
    return name === 'file' || name.startsWith('p') || name === 'x0' ? 'EINVAL' : 'EBADF';
  }
}

/** Whether a look-up failed. */
export function isErrno(value: string | number): value is string {
  return typeof value === 'string' && value.startsWith('E');
}
