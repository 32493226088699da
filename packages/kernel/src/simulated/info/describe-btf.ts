import { errno } from '../../abi/errno.js';
import { info } from '../../abi/info.js';
import type { Call } from '../call.js';
import type { BtfObject } from '../objects/btf.js';
import { readPointer } from './read-pointer.js';

const layout = info.btf;

/** Fills in BTF info (spec 15.5.3). */
export function describeBtf(call: Call, btf: BtfObject, view: DataView): number {
  const room = Math.min(view.getUint32(layout.btfSize, true), btf.bytes.length);
  if (room > 0 && !call.memory.write(readPointer(view, layout.btf), btf.bytes.subarray(0, room)))
    return -errno.EFAULT;
  const name = readPointer(view, layout.name);
  const nameLength = view.getUint32(layout.nameLength, true);
  if ((name === 0) !== (nameLength === 0)) return -errno.EINVAL;
  view.setUint32(layout.btfSize, btf.bytes.length, true);
  view.setUint32(layout.id, btf.id, true);
  view.setUint32(layout.nameLength, 0, true);
  view.setUint32(layout.kernelBtf, 0, true);
  if (name !== 0 && !call.memory.write(name, new Uint8Array(1))) return -errno.EFAULT;
  return 0;
}
