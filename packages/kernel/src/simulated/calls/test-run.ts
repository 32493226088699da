import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { programType } from '../../abi/program-type.js';
import type { Call, Command } from '../call.js';
import { programByFd } from '../lookup.js';
import { CONTEXT_SIZE, readContext } from '../packet-context.js';

const layout = attr.testRun;
const CHECKSUM_COMPLETE = 4;
const MIN_PACKET = 14;
const MAX_PACKET = 3712;
/** Shortest packets of these protocols, from the Ethernet header to the end of the IP header. */
const shortest: ReadonlyMap<number, number> = new Map([
  [0x0800, 34],
  [0x86dd, 54],
]);

const runnable: ReadonlySet<number> = new Set([
  programType.SOCKET_FILTER,
  programType.SCHED_CLS,
  programType.SCHED_ACT,
  programType.XDP,
  programType.CGROUP_SKB,
  programType.LWT_IN,
  programType.LWT_OUT,
]);

/**
 * PROG_TEST_RUN (spec 15.3) for programs that get packets. One without a behaviour is EOPNOTSUPP, after every other check:
 * the simulated kernel runs no instructions.
 */
export const testRun: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, memory, kernel } = call;
    if ((input.u32(layout.contextInputSize) === 0) !== (input.u64(layout.contextInput) === 0))
      return -errno.EINVAL;
    if ((input.u32(layout.contextOutputSize) === 0) !== (input.u64(layout.contextOutput) === 0))
      return -errno.EINVAL;
    const program = programByFd(call, input.u32(layout.programFd));
    if (typeof program === 'number') return program;
    if (!runnable.has(program.type)) return -errno.ENOTSUPP;
    if ((input.u32(layout.flags) & ~CHECKSUM_COMPLETE) !== 0) return -errno.EINVAL;
    if (input.u32(layout.cpu) !== 0 || input.u32(layout.batchSize) !== 0) return -errno.EINVAL;
    const size = input.u32(layout.inputSize);
    if (size < MIN_PACKET || size > MAX_PACKET) return -errno.EINVAL;
    const data = memory.read(input.u64(layout.input), size);
    if (data === null) return -errno.EFAULT;
    const context = readContext(call, size);
    if (typeof context === 'number') return context;
    if (program.type !== programType.XDP && size < (shortest.get(protocolOf(data)) ?? MIN_PACKET))
      return -errno.EINVAL;
    if (!kernel.runtime.hasBehaviour(program.id)) return -errno.EOPNOTSUPP;

    const packet = { data };
    let result = 0;
    for (let left = input.u32(layout.repeat) || 1; left > 0; left--)
      result = kernel.runtime.runProgram(program.id, packet);
    return finish(call, packet.data, result, context);
  },
};

function protocolOf(packet: Uint8Array): number {
  return (packet[12]! << 8) | packet[13]!;
}

/** Rows 10 to 12: what goes back to the caller. */
function finish(call: Call, data: Uint8Array, result: number, context: Uint8Array): number {
  const { attr: input, memory, address } = call;
  const room = input.u32(layout.outputSize);
  const output = input.u64(layout.output);
  const cut = room !== 0 && room < data.length;
  if (output !== 0 && !memory.write(output, cut ? data.subarray(0, room) : data))
    return cut ? -errno.ENOSPC : -errno.EFAULT;
  const written =
    memory.writeU32(address + layout.outputSize, data.length) &&
    memory.writeU32(address + layout.result, result) &&
    memory.writeU32(address + layout.duration, 0);
  if (!written) return -errno.EFAULT;
  if (cut) return -errno.ENOSPC;
  const contextOutput = input.u64(layout.contextOutput);
  if (contextOutput === 0) return 0;
  const contextRoom = input.u32(layout.contextOutputSize);
  if (!memory.write(contextOutput, context.subarray(0, Math.min(contextRoom, CONTEXT_SIZE))))
    return -errno.EFAULT;
  if (!memory.writeU32(address + layout.contextOutputSize, CONTEXT_SIZE)) return -errno.EFAULT;
  return contextRoom < CONTEXT_SIZE ? -errno.ENOSPC : 0;
}
