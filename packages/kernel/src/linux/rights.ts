import { readFileSync } from 'node:fs';
import { MprogError } from '@mprog/core';
import { attachType } from '../abi/attach-type.js';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { type CapabilityName, capabilityWords, isEffective } from './capabilities.js';
import { type ForeignFunctions, foreignFunctions } from './ffi.js';

/** What somebody wants to do with the Linux kernel. */
export type LinuxUse = 'load' | 'attach' | 'query' | 'open by id' | 'enter namespaces' | 'laboratory';

/** Each of the sets suffices (spec 7.10). */
const needed: Readonly<Record<LinuxUse, readonly (readonly CapabilityName[])[]>> = {
  load: [['CAP_BPF', 'CAP_NET_ADMIN'], ['CAP_SYS_ADMIN']],
  attach: [['CAP_BPF', 'CAP_NET_ADMIN'], ['CAP_SYS_ADMIN']],
  query: [['CAP_NET_ADMIN'], ['CAP_SYS_ADMIN']],
  'open by id': [['CAP_SYS_ADMIN']],
  'enter namespaces': [['CAP_SYS_ADMIN']],
  laboratory: [['CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'CAP_SYS_CHROOT']],
};

const SUFFICIENT = 'CAP_BPF and CAP_NET_ADMIN suffice to load, attach and query';

/**
 * What this machine or this process lacks for a use of the Linux kernel, in words; null when nothing is missing.
 *
 * Never throws: without koffi, or on another system, it says that.
 */
export function missingOnLinux(use: LinuxUse): string | null {
  return lack(use)?.message ?? null;
}

/**
 * Makes sure that the Linux kernel can be put to a use. The message of the error is what {@link missingOnLinux} says, for
 * the caller to begin with its own operation.
 *
 * @throws MprogError `EPERM` naming the missing capabilities, `EOPNOTSUPP` naming the kernel version that is needed,
 * `ENOSYS` or `EKOFFI` where the kernel cannot be called at all
 */
export function requireLinux(use: LinuxUse): void {
  const error = lack(use);
  if (error !== null) throw error;
}

function lack(use: LinuxUse): MprogError | null {
  try {
    const foreign = foreignFunctions();
    return lackOfRights(use, foreign) ?? lackOfTcx(foreign);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const { reason } = error.data;
    return typeof reason === 'string' ? new MprogError(error.code, reason, { cause: error }) : error;
  }
}

function lackOfRights(use: LinuxUse, foreign: ForeignFunctions): MprogError | null {
  const effective = capabilityWords(foreign);
  const sets = needed[use];
  const has = (name: CapabilityName) => isEffective(effective, name);
  if (!sets.some((set) => set.every(has))) {
    const missing = (sets[0] ?? []).filter((name) => !has(name));
    // Whoever has that one has the others as a rule, so it alone is named.
    const administrator = missing.includes('CAP_SYS_ADMIN');
    const words = administrator ? `CAP_SYS_ADMIN; ${SUFFICIENT}` : missing.join(' and ');
    return new MprogError('EPERM', `needs ${words}`, { data: { use, missing } });
  }
  if (inUserNamespace()) {
    return new MprogError(
      'EPERM',
      'needs the capabilities outside of the user namespace that this process is in',
      {
        data: { use },
      },
    );
  }
  return null;
}

/** Device 0 is none, so a kernel that knows tcx answers ENODEV, and one that does not EINVAL (spec 7.3). */
function lackOfTcx(foreign: ForeignFunctions): MprogError | null {
  const { scratch } = foreign;
  scratch.bytes.fill(0, 0, attr.progQuery.end);
  scratch.view.setUint32(attr.progQuery.attachType, attachType.TCX_INGRESS, true);
  const result = foreign.bpf(command.PROG_QUERY, scratch.address(0), attr.progQuery.end);
  if (result === -errno.ENOSYS) return new MprogError('ENOSYS', 'needs a kernel that has bpf(2)');
  if (result === -errno.EINVAL) return new MprogError('EOPNOTSUPP', 'needs Linux 6.6 or newer, for tcx');
  return null;
}

/** The first user namespace of a machine maps every user to itself. */
function inUserNamespace(): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/thread-self/uid_map', 'utf8'));
  } catch {
    return false;
  }
}
