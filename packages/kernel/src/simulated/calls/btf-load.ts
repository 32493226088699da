import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { openFlag } from '../../abi/open-flag.js';
import { readBtf } from '../btf-reader.js';
import { type Command, isCapable } from '../call.js';
import { checkLog, type LogFields, writeLog } from '../load-log.js';
import type { BtfObject } from '../objects/btf.js';

const layout = attr.btfLoad;
const MAX_SIZE = 16 * 1024 * 1024;
const VERSION = 1;

/** BTF_LOAD (spec 15.6): the form is checked, not whether types refer to types that make sense. */
export const btfLoad: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, kernel, caller } = call;
    const flags = input.u32(layout.flags);
    if ((flags & ~openFlag.TOKEN_FD) !== 0) return -errno.EINVAL;
    if (flags !== 0)
      return caller.fds.get(input.u32(layout.tokenFd)) === undefined ? -errno.EBADF : -errno.EINVAL;
    if (!isCapable(call, 'CAP_BPF')) return -errno.EPERM;
    const size = input.u32(layout.size);
    if (size > MAX_SIZE) return -errno.E2BIG;
    const log = checkLog(call, fields);
    if (log !== 0) return log;
    const bytes = call.memory.read(input.u64(layout.btf), size);
    if (bytes === null) return -errno.EFAULT;
    const wrong = checkForm(bytes);
    const written = writeLog(call, fields, 'the simulated kernel checks the form of type information only\n');
    if (written !== 0) return written;
    if (wrong !== 0) return wrong;
    const btf: BtfObject = { kind: 'btf', id: kernel.btfs.allocateId(), bytes, references: 0 };
    if (!caller.fds.hasRoom) return -errno.EMFILE;
    kernel.btfs.add(btf);
    return kernel.openFd(caller, btf);
  },
};

const fields: LogFields = {
  level: layout.logLevel,
  size: layout.logSize,
  buffer: layout.log,
  trueSize: layout.logTrueSize,
};

/** Rows 6 and 7. */
function checkForm(bytes: Uint8Array): number {
  if (bytes.length < 24) return -errno.EINVAL;
  const view = new DataView(bytes.buffer);
  if (view.getUint16(0, true) !== 0xeb9f || view.getUint32(4, true) < 24) return -errno.EINVAL;
  if (view.getUint8(2) !== VERSION || view.getUint8(3) !== 0) return -errno.ENOTSUPP;
  const filled = view.getUint32(4, true) + view.getUint32(12, true) + view.getUint32(20, true);
  const btf = filled === bytes.length ? readBtf(bytes) : null;
  return btf === null || btf.types.length < 2 ? -errno.EINVAL : 0;
}
