import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { abiSize } from '../abi/size.js';
import { AttrReader } from './attr-reader.js';
import type { Call, Command } from './call.js';
import type { Caller } from './caller.js';
import { btfLoad } from './calls/btf-load.js';
import { enableStats } from './calls/enable-stats.js';
import { btfGetFdById, linkGetFdById, mapGetFdById, progGetFdById } from './calls/get-fd-by-id.js';
import { getInfo } from './calls/get-info.js';
import { btfGetNextId, linkGetNextId, mapGetNextId, progGetNextId } from './calls/get-next-id.js';
import { linkCreate } from './calls/link-create.js';
import { linkDetach } from './calls/link-detach.js';
import { linkUpdate } from './calls/link-update.js';
import { mapCreate } from './calls/map-create.js';
import { mapDelete, mapLookup, mapNextKey, mapUpdate } from './calls/map-elements.js';
import { mapFreeze } from './calls/map-freeze.js';
import { objGet } from './calls/obj-get.js';
import { objPin } from './calls/obj-pin.js';
import { progAttach } from './calls/prog-attach.js';
import { progDetach } from './calls/prog-detach.js';
import { progLoad } from './calls/prog-load.js';
import { progQuery } from './calls/prog-query.js';
import { testRun } from './calls/test-run.js';
import type { SimulatedKernel } from './simulated-kernel.js';

const commands: ReadonlyMap<number, Command> = new Map([
  [command.MAP_CREATE, mapCreate],
  [command.MAP_LOOKUP_ELEM, mapLookup],
  [command.MAP_UPDATE_ELEM, mapUpdate],
  [command.MAP_DELETE_ELEM, mapDelete],
  [command.MAP_GET_NEXT_KEY, mapNextKey],
  [command.MAP_FREEZE, mapFreeze],
  [command.PROG_LOAD, progLoad],
  [command.OBJ_PIN, objPin],
  [command.OBJ_GET, objGet],
  [command.PROG_TEST_RUN, testRun],
  [command.BTF_LOAD, btfLoad],
  [command.MAP_GET_FD_BY_ID, mapGetFdById],
  [command.PROG_ATTACH, progAttach],
  [command.PROG_DETACH, progDetach],
  [command.PROG_QUERY, progQuery],
  [command.PROG_GET_NEXT_ID, progGetNextId],
  [command.MAP_GET_NEXT_ID, mapGetNextId],
  [command.LINK_GET_NEXT_ID, linkGetNextId],
  [command.BTF_GET_NEXT_ID, btfGetNextId],
  [command.PROG_GET_FD_BY_ID, progGetFdById],
  [command.LINK_GET_FD_BY_ID, linkGetFdById],
  [command.BTF_GET_FD_BY_ID, btfGetFdById],
  [command.OBJ_GET_INFO_BY_FD, getInfo],
  [command.LINK_CREATE, linkCreate],
  [command.LINK_UPDATE, linkUpdate],
  [command.LINK_DETACH, linkDetach],
  [command.ENABLE_STATS, enableStats],
]);

/**
 * Runs one system call: takes the attr in by the size and padding rules (spec 1.5) and hands it to its command.
 *
 * @param number the command
 * @param address address of the attr in the caller's memory
 * @param size bytes of it that the caller passes
 * @returns the result or a negated error number; nothing that a caller passes makes it throw
 */
export function dispatch(
  kernel: SimulatedKernel,
  caller: Caller,
  number: number,
  address: number,
  size: number,
): number {
  const { memory } = caller;
  const passed = size >>> 0;
  const known = Math.min(passed, abiSize.attr);
  if (passed > abiSize.attr) {
    if (passed > abiSize.page) return -errno.E2BIG;
    const isZero = memory.isZero(address + known, passed - known);
    if (isZero !== true) return isZero === null ? -errno.EFAULT : -errno.E2BIG;
  }
  // A program that runs may call in turn, so one reader is not enough; more than a few are never in use.
  const attr = idle.pop() ?? new AttrReader();
  try {
    if (!attr.load(memory, address, known)) return -errno.EFAULT;
    const command = commands.get(number >>> 0);
    if (command === undefined) return -errno.EINVAL;
    const call: Call = { kernel, caller, attr, address, size: passed, memory };
    const refused = command.before?.(call) ?? 0;
    if (refused !== 0) return refused;
    return attr.isZeroFrom(command.end) ? command.run(call) : -errno.EINVAL;
  } finally {
    idle.push(attr);
  }
}

/** Readers that no call is using. */
const idle: AttrReader[] = [];
