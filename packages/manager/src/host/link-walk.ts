import { isErrno, type LinkInfo } from '@mprog/kernel';
import type { Context } from '../context.js';
import type { PinIndex } from './pin-index.js';

/** Links of a host. */
export interface LinkWalk {
  readonly links: readonly LinkInfo[];
  /** False without CAP_SYS_ADMIN: then only those that are pinned are here. */
  readonly whole: boolean;
}

/** Looks at every link of a host. */
export function walkLinks({ kernel }: Context, pins: PinIndex): LinkWalk {
  const found = new Map<number, LinkInfo>();
  let whole = true;
  try {
    for (const id of kernel.links.ids()) {
      try {
        using link = kernel.links.open(id);
        found.set(id, kernel.links.info(link.fd));
      } catch (error) {
        // It may go, or not be announced yet, while the walk passes it.
        if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EAGAIN')) throw error;
      }
    }
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
    whole = false;
  }
  for (const { kind, info } of pins.entries) {
    if (kind === 'link' && !found.has(info.id)) found.set(info.id, info);
  }
  return { links: [...found.values()], whole };
}
