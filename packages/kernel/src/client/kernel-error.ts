import { MprogError } from '@mprog/core';
import { type errno, errnoName } from '../abi/errno.js';

/** A command of bpf(2) that was refused: `code` is the errno name, `errno` its number. */
export class KernelError extends MprogError {
  /** Positive error number of Linux. */
  readonly errno: number;

  /**
   * @param operation verb and object, `attach tcx/ingress@4`
   * @param number positive error number
   * @param options the reason in words where the bare meaning of the number says too little, and data to act on
   */
  constructor(
    operation: string,
    number: number,
    options: { readonly reason?: string; readonly data?: Record<string, unknown> } = {},
  ) {
    const name = errnoName(number);
    const reason = options.reason ?? meanings[name] ?? 'the kernel refused';
    const [cause, ...remedy] = reason.split('; ');
    super(name, `${operation}: ${cause} (${name})${remedy.map((part) => `; ${part}`).join('')}`, {
      data: { errno: number, ...options.data },
    });
    this.errno = number;
  }
}

/** What an error number means for bpf(2) where the command adds nothing to it. */
const meanings: Readonly<Record<string, string>> = {
  EPERM:
    'the caller lacks the right; CAP_BPF and CAP_NET_ADMIN suffice to load, attach and query, ids need CAP_SYS_ADMIN',
  ENOENT: 'no such object',
  E2BIG: 'too big for this kernel',
  EBADF: 'no such open file descriptor',
  EBADFD: 'no such open file descriptor',
  EAGAIN: 'the object is not ready yet; try again',
  ENOMEM: 'the kernel is out of memory',
  EACCES: 'permission denied',
  EFAULT: 'a pointer leads outside of readable memory',
  EBUSY: 'the object is in use',
  EEXIST: 'it exists already',
  ENODEV: 'no such device in this network namespace',
  EINVAL: 'this kernel does not accept the arguments',
  EMFILE: 'this process has too many open file descriptors',
  ENOSPC: 'no space left',
  ERANGE: 'out of range',
  ENOLINK: 'the link is defunct: what it was attached to is gone',
  EOPNOTSUPP: 'this kernel does not support it',
  ESTALE: 'somebody changed the chain since it was read',
};

/**
 * Gives a result back, or throws what it stands for.
 *
 * @param result what `bpf` returned
 * @param operation verb and object, built only when it is needed
 * @param reason the meaning of one errno for this command, in words
 */
export function check(
  result: number,
  operation: () => string,
  reason?: (name: string) => string | undefined,
): number {
  if (result >= 0) return result;
  const words = reason?.(errnoName(-result));
  throw new KernelError(operation(), -result, words === undefined ? {} : { reason: words });
}

/** Whether an error is the kernel's answer with this errno. */
export function isErrno(error: unknown, name: keyof typeof errno): boolean {
  return MprogError.is(error) && error.code === name;
}
