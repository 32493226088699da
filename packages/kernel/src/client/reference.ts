/** A program or a link that an anchor stands beside, named by an fd of the caller or by its id. */
export interface ObjectReference {
  readonly kind: 'program' | 'link';
  readonly by: 'fd' | 'id';
  readonly number: number;
}

/** A program by its id; the kernel needs no capability to resolve it as an anchor (spec 4.2). */
export function programId(id: number): ObjectReference {
  return { kind: 'program', by: 'id', number: id };
}

/** A program by an fd that the caller holds. */
export function programFd(fd: number): ObjectReference {
  return { kind: 'program', by: 'fd', number: fd };
}

/** A link by its id. */
export function linkId(id: number): ObjectReference {
  return { kind: 'link', by: 'id', number: id };
}

/** A link by an fd that the caller holds. */
export function linkFd(fd: number): ObjectReference {
  return { kind: 'link', by: 'fd', number: fd };
}

/** Whether two references name the same object in the same way. */
export function sameReference(a: ObjectReference, b: ObjectReference): boolean {
  return a.kind === b.kind && a.by === b.by && a.number === b.number;
}
