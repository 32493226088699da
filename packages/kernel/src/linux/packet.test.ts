import { describe, expect, it } from 'vitest';
import { packet, packetNumber } from './packet.js';

describe('packets', () => {
  it('are IPv4 and UDP, with a header that adds up', () => {
    const frame = packet(1, 53);
    const view = new DataView(frame.buffer);
    expect(view.getUint16(12)).toBe(0x0800);
    expect(frame[14]).toBe(0x45);
    expect(view.getUint16(16)).toBe(frame.length - 14);
    expect(frame[23]).toBe(17);
    expect(view.getUint16(36)).toBe(53);
    expect(view.getUint16(38)).toBe(frame.length - 34);
    let sum = 0;
    for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
    expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff);
  });

  it('are known by their number, also inside of something else', () => {
    for (const number of [0, 1, 0xffff_ffff]) {
      const frame = packet(number, 9);
      expect(packetNumber(frame)).toBe(number);
      expect(packetNumber(new Uint8Array([...new Uint8Array(20), ...frame]))).toBe(number);
    }
    expect(packetNumber(new Uint8Array(60))).toBeUndefined();
    expect(packetNumber(packet(1, 9).subarray(0, 57))).toBeUndefined();
  });
});
