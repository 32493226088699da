import { verdict } from '../../abi/verdict.js';
import { isHeldByQdisc } from '../layers/tcx.js';
import type { Device, Direction } from '../objects/device.js';
import type { ClassicFilter, Packet, PacketResult } from '../packet.js';
import { runChain } from './run-chain.js';
import type { Runtime } from './runtime.js';

/**
 * Sends a packet through the tcx hook of a device and then, where the verdict says so, through its classic filters
 * (spec 8.6). The chain is the one that the packet found: changes meet the next packet.
 */
export function runTcx(
  runtime: Runtime,
  device: Device,
  direction: Direction,
  packet: Packet,
  filter: ClassicFilter | undefined,
): PacketResult {
  const { ran, value } = runChain(runtime, device.tcx[direction]?.snapshot() ?? [], packet);
  const result = (fate: PacketResult['fate'], classic: boolean = false): PacketResult => ({
    fate,
    direction,
    ran,
    classic,
    redirectTo: fate === 'redirected' ? (packet.redirectTo ?? null) : null,
  });
  switch (value) {
    case verdict.PASS:
      return result('accepted');
    case verdict.DROP:
      return result('dropped');
    case verdict.REDIRECT:
      return result(packet.redirectTo === undefined ? 'dropped' : 'redirected');
    default: {
      const classic = filter !== undefined && isHeldByQdisc(device, direction);
      return result(classic ? filter(packet) : 'accepted', classic);
    }
  }
}
