import { MprogError } from '@mprog/core';
import { attachType } from '../abi/attach-type.js';
import { programTypeOf } from '../abi/attach-type-program.js';
import { cgroupAttachTypes } from '../abi/cgroup-attach-type.js';
import { mapType } from '../abi/map-type.js';
import { programType, programTypeName } from '../abi/program-type.js';
import type { Descriptor } from './descriptor.js';
import type { Kernel } from './kernel.js';
import { isErrno } from './kernel-error.js';
import { STAND_IN_NAME, standInSource } from './stand-in-source.js';

/** A stand-in and the array that names its original; closing both ends it, unless they are attached or pinned. */
export interface StandIn extends Disposable {
  readonly program: Descriptor;
  /** Its entry goes with the last fd and pin of the array (spec 15.4 d), so pin it before the stand-in is relied on. */
  readonly array: Descriptor;
  close(): void;
}

/** What a stand-in says of itself. */
export interface StandInState {
  /** Id of the program that it calls; null when its array is empty, so that it does nothing. */
  readonly original: number | null;
  /** Id of its array. */
  readonly array: number;
}

/**
 * Loads a stand-in for a program: a program of its type that tail-calls it (spec 15.4 f).
 *
 * The kernel does not tell which attach type a program was loaded for, and the array takes only its like, so the ones that
 * its type allows are tried.
 *
 * @param programFd the original
 * @param likely attach type to try first, that of the hook or of the object's section
 * @throws MprogError `ERR_NO_STAND_IN` with the reason when the array takes no program like this, KernelError `EPERM`, …
 */
export function makeStandIn(kernel: Kernel, programFd: number, likely: number): StandIn {
  const { id, type } = kernel.programs.info(programFd);
  const operation = `make a stand-in for program ${id}`;
  const obstacle = standInObstacle(kernel, programFd);
  if (obstacle !== null) throw new MprogError('ERR_NO_STAND_IN', `${operation}: ${obstacle}`);
  for (const expectedAttachType of candidates(type, likely)) {
    const array = kernel.maps.createProgramArray(STAND_IN_NAME, 1);
    let program: Descriptor | null = null;
    let kept = false;
    try {
      // The stand-in comes first, so that the array's owner has no storage of a cgroup: one that has is refused then.
      program = kernel.programs.load(standInSource(array.fd, { type, expectedAttachType }));
      kernel.maps.setProgram(array.fd, 0, programFd);
      kept = true;
      return opened(program, array);
    } catch (error) {
      if (isErrno(error, 'EBUSY')) {
        const reason = 'another program extends it, and no program array takes such a one';
        throw new MprogError('ERR_NO_STAND_IN', `${operation}: ${reason}`, { cause: error });
      }
      if (!isErrno(error, 'EINVAL')) throw error;
    } finally {
      if (!kept) {
        program?.close();
        array.close();
      }
    }
  }
  const reason = `no program array takes this ${programTypeName(type)} program: it was loaded for an attach type that cannot be told`;
  throw new MprogError('ERR_NO_STAND_IN', `${operation}: ${reason}`);
}

/**
 * Why no stand-in can be made for a program, in words, as far as that shows without loading one; null when nothing speaks
 * against it. Needs CAP_SYS_ADMIN to see the program's maps; without, null.
 */
export function standInObstacle(kernel: Kernel, programFd: number): string | null {
  const { mapIds, type } = kernel.programs.info(programFd);
  if (candidates(type, 0).length === 0) return `programs of type ${programTypeName(type)} have no stand-in`;
  for (const id of mapIds) {
    try {
      using map = kernel.maps.open(id);
      const { type, name } = kernel.maps.info(map.fd);
      if (type === mapType.CGROUP_STORAGE || type === mapType.PERCPU_CGROUP_STORAGE) {
        return `its map ${name || id} keeps storage for each cgroup it is attached to, which no tail call passes on`;
      }
    } catch (error) {
      if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EPERM')) throw error;
    }
  }
  return null;
}

/**
 * What stands behind a stand-in, which needs nothing but the program to be recognised; null for any other program and for
 * one that is gone.
 *
 * @throws KernelError `EPERM` without CAP_SYS_ADMIN
 */
export function readStandIn(kernel: Kernel, programId: number): StandInState | null {
  try {
    using program = kernel.programs.open(programId);
    const { name, mapIds } = kernel.programs.info(program.fd);
    const [array] = mapIds;
    if (name !== STAND_IN_NAME || array === undefined || mapIds.length !== 1) return null;
    using map = kernel.maps.open(array);
    const { type, maxEntries } = kernel.maps.info(map.fd);
    if (type !== mapType.PROG_ARRAY || maxEntries !== 1) return null;
    return { original: kernel.maps.programAt(map.fd, 0), array };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}

function opened(program: Descriptor, array: Descriptor): StandIn {
  const close = () => {
    program.close();
    array.close();
  };
  return { program, array, close, [Symbol.dispose]: close };
}

/** Attach types that a program of a type may have been loaded for, the likely one first. */
function candidates(type: number, likely: number): readonly number[] {
  const all =
    type === programType.SCHED_CLS
      ? [attachType.TCX_INGRESS, attachType.TCX_EGRESS, 0, attachType.NETKIT_PRIMARY, attachType.NETKIT_PEER]
      : Object.values(cgroupAttachTypes).filter((attach) => programTypeOf(attach) === type);
  // Types of which any value is taken are mostly loaded for none.
  const loose: ReadonlySet<number> = new Set([
    programType.CGROUP_DEVICE,
    programType.CGROUP_SYSCTL,
    programType.SOCK_OPS,
  ]);
  const usual = loose.has(type) ? [...all, 0] : all;
  return usual.includes(likely) ? [likely, ...usual.filter((other) => other !== likely)] : usual;
}
