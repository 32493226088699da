import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import type { Call, Command } from '../call.js';
import { describeBtf } from '../info/describe-btf.js';
import { describeLink } from '../info/describe-link.js';
import { describeMap } from '../info/describe-map.js';
import { describeProgram } from '../info/describe-program.js';
import { infoSizes } from '../info/info-sizes.js';
import type { KernelObject } from '../objects/kernel-object.js';

const layout = attr.getInfo;
const PAGE = 4096;

/** OBJ_GET_INFO_BY_FD (spec 7.9, 15.5): the caller's structure is read, filled in and written back. */
export const getInfo: Command = {
  end: layout.end,
  run(call) {
    const object = call.caller.fds.get(call.attr.u32(layout.fd));
    if (object === undefined) return -errno.EBADFD;
    const sizes = infoSizes(object);
    if (sizes === undefined) return -errno.EINVAL;
    const { memory } = call;
    const address = call.attr.u64(layout.info);
    const passed = call.attr.u32(layout.length);
    if (passed > PAGE) return -errno.E2BIG;
    if (passed > sizes.known) {
      const isZero = memory.isZero(address + sizes.known, passed - sizes.known);
      if (isZero !== true) return isZero === null ? -errno.EFAULT : -errno.E2BIG;
    }
    const length = Math.min(passed, sizes.size);
    const given = length === 0 ? new Uint8Array(0) : memory.read(address, length);
    if (given === null) return -errno.EFAULT;
    const bytes = new Uint8Array(sizes.size);
    bytes.set(given);
    const result = describe(call, object, new DataView(bytes.buffer));
    if (result !== 0 && result !== -errno.ENOSPC) return result;
    const written =
      (length === 0 || memory.write(address, bytes.subarray(0, length))) &&
      memory.writeU32(call.address + layout.length, length);
    return written ? result : -errno.EFAULT;
  },
};

function describe(call: Call, object: KernelObject, view: DataView): number {
  switch (object.kind) {
    case 'program':
      return describeProgram(call, object, view);
    case 'link':
      return describeLink(object, view);
    case 'map':
      return describeMap(call, object, view);
    case 'btf':
      return describeBtf(call, object, view);
    default:
      return -errno.EINVAL;
  }
}
