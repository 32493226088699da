import { attr, command, errno, info } from '@mprog/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawMemory } from '../src/raw/raw-memory.js';
import { WINDOW } from '../src/raw/raw-step.js';
import { RawWorld } from '../src/raw/raw-world.js';

/** What happens to calls of which some byte lies behind the end of memory; for any kernel. */
export function edgeOfMemory(name: string, open: () => RawMemory): void {
  describe(name, () => {
    let memory: RawMemory;
    let world: RawWorld;
    let view: DataView;
    beforeEach(() => {
      memory = open();
      world = new RawWorld(memory);
      memory.bytes.fill(0);
      view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset, WINDOW);
    });
    afterEach(() => {
      world.close();
      memory[Symbol.dispose]();
      memory.laboratory.close();
    });

    const u32 = (at: number, value: number) => view.setUint32(at, value, true);
    const pointer = (at: number, target: number) => view.setBigUint64(at, BigInt(memory.base + target), true);
    const call = (number: number, at: number, size: number) => memory.bpf(number, memory.base + at, size);

    it('spec 15.7.1 #2: what is not zero in front of the end of memory is E2BIG, else EFAULT', () => {
      const at = WINDOW - 300;
      u32(at, world.fd('p0'));
      expect(call(command.LINK_DETACH, at, 301)).toBe(-errno.EFAULT);
      memory.bytes[WINDOW - 1] = 1;
      expect(call(command.LINK_DETACH, at, 301)).toBe(-errno.E2BIG);
      expect(call(command.LINK_DETACH, WINDOW, 200)).toBe(-errno.EFAULT);
    });

    it('spec 15.5 #4: the same for what stands behind the known part of info', () => {
      const at = WINDOW - info.program.size - 20;
      u32(0, world.fd('p0'));
      u32(4, info.program.size + 21);
      pointer(8, at);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.EFAULT);
      memory.bytes[WINDOW - 1] = 1;
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.E2BIG);
      expect(memory.bytes.subarray(at, WINDOW - 1).every((byte) => byte === 0)).toBe(true);
    });

    it('spec 15.7.1: an array of info is written up to the end of memory', () => {
      const at = 512;
      u32(0, world.fd('p0'));
      u32(4, info.program.size);
      pointer(8, at);
      u32(at + info.program.translatedLength, 16);
      pointer(at + info.program.translated, WINDOW - 3);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.EFAULT);
      // The opcode of r0 = -1, its registers, and the low byte of its offset; nothing of the structure.
      expect([...memory.bytes.subarray(WINDOW - 3)]).toEqual([0xb7, 0, 0]);
      expect(view.getUint32(at + info.program.id, true)).toBe(0);
    });

    it('spec 15.7.1: the counts of a query are written up to the end of memory, byte by byte', () => {
      const { progQuery } = attr;
      const at = WINDOW - progQuery.count - 2;
      memory.bytes.fill(0xff, WINDOW - 2);
      u32(at + progQuery.target, world.ifindex('d0'));
      u32(at + progQuery.attachType, 46);
      // The revision, behind the end, is EFAULT before the count is written; a cgroup writes it to no short attr.
      expect(call(command.PROG_QUERY, at, 16)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - 2)]).toEqual([0xff, 0xff]);
      u32(at + progQuery.target, world.fd('A'));
      u32(at + progQuery.attachType, 0);
      expect(call(command.PROG_QUERY, at, 16)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - 2)]).toEqual([0, 0]);
    });

    it('spec 15.7 d: next_id is written whole or not at all', () => {
      const at = WINDOW - 6;
      memory.bytes.fill(0xff, at + 4);
      u32(at, world.beforeId('p0'));
      expect(call(command.PROG_GET_NEXT_ID, at, 4)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(at + 4)]).toEqual([0xff, 0xff]);
    });

    it('spec 15.5.3: the bytes of BTF are written before its name is looked at', () => {
      const at = 512;
      u32(0, world.fd('b0'));
      u32(4, info.btf.size);
      pointer(8, at);
      pointer(at + info.btf.btf, 1024);
      u32(at + info.btf.btfSize, 2);
      u32(at + info.btf.nameLength, 1);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.EINVAL);
      expect([...memory.bytes.subarray(1024, 1027)]).toEqual([0x9f, 0xeb, 0]);
      view.setBigUint64(at + info.btf.btf, 0n, true);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.EFAULT);
    });

    it('spec 15.5.1: a count of machine code without a place is EFAULT', () => {
      const at = 512;
      u32(0, world.fd('p0'));
      u32(4, info.program.size);
      pointer(8, at);
      u32(at + info.program.jitedLength, 1);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(-errno.EFAULT);
      expect(view.getUint32(at + info.program.id, true)).toBe(0);
    });
  });
}
