const ETHERNET = 14;
const IPV4 = 20;
const UDP = 8;
const MARK = Buffer.from('mprog packet ');
const NUMBER_BYTES = 4;

/** EtherType of IPv4. */
export const ETH_P_IP = 0x0800;

/**
 * A broadcast Ethernet frame with a UDP datagram from 192.0.2.1 to 192.0.2.2 (addresses for documentation, so nothing
 * answers), and a number in its payload to know it by.
 *
 * @param number 0 to 2^32 - 1
 * @param port destination port
 */
export function packet(number: number, port: number): Uint8Array {
  const payload = MARK.length + NUMBER_BYTES;
  const frame = new Uint8Array(ETHERNET + IPV4 + UDP + payload);
  const view = new DataView(frame.buffer);
  frame.fill(0xff, 0, 6);
  frame.set([0x02, 0, 0, 0, 0, 1], 6);
  view.setUint16(12, ETH_P_IP);

  const ip = ETHERNET;
  frame[ip] = 0x45;
  view.setUint16(ip + 2, IPV4 + UDP + payload);
  frame[ip + 8] = 64;
  frame[ip + 9] = 17;
  frame.set([192, 0, 2, 1], ip + 12);
  frame.set([192, 0, 2, 2], ip + 16);
  view.setUint16(ip + 10, checksum(frame.subarray(ip, ip + IPV4)));

  const udp = ip + IPV4;
  view.setUint16(udp, 40000);
  view.setUint16(udp + 2, port);
  view.setUint16(udp + 4, UDP + payload);
  frame.set(MARK, udp + UDP);
  view.setUint32(udp + UDP + MARK.length, number);
  return frame;
}

/** The number of a frame that {@link packet} made, wherever a program has moved it; undefined for any other. */
export function packetNumber(frame: Uint8Array): number | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const at = bytes.lastIndexOf(MARK);
  if (at < 0 || at + MARK.length + NUMBER_BYTES > bytes.length) return undefined;
  return bytes.readUInt32BE(at + MARK.length);
}

/** The checksum of an IPv4 header whose checksum field is still zero. */
function checksum(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
