import { MprogError } from '@mprog/core';

/** The error for bytes that are no BPF object. */
export function notAnObject(name: string, reason: string): MprogError {
  return new MprogError('ENOEXEC', `read object ${name}: ${reason} (ENOEXEC)`);
}

/** The error for what the reader of the simulated kernel does not follow, though libbpf may. */
export function notFollowed(name: string, what: string): MprogError {
  return new MprogError(
    'EOPNOTSUPP',
    `load ${name}: ${what}, which the reader of the simulated kernel does not follow (EOPNOTSUPP); load it into a real kernel`,
  );
}
