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

    /** Asks for info of the program that has all that a program can have. */
    const askRich = (words: Readonly<Record<number, number>>, field: number, target: number) => {
      const at = 512;
      memory.bytes.fill(0);
      memory.bytes.fill(0xff, WINDOW - 64);
      u32(0, world.fd('f0'));
      u32(4, info.program.size);
      pointer(8, at);
      for (const [offset, value] of Object.entries(words)) u32(at + Number(offset), value);
      pointer(at + field, target);
      return call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end);
    };

    it.each([
      ['map ids', info.program.mapCount, info.program.mapIds, 4],
      ['addresses of functions', info.program.symbolCount, info.program.symbols, 8],
      ['lengths of functions', info.program.functionLengthCount, info.program.functionLengths, 4],
    ] as const)('spec 15.7.1: %s are written whole or not at all', (_, count, field, width) => {
      for (const room of [width - 1, width, 2 * width - 1]) {
        expect(askRich({ [count]: 2 }, field, WINDOW - room)).toBe(-errno.EFAULT);
        const cut = room % width;
        expect([...memory.bytes.subarray(WINDOW - cut)]).toEqual(new Array(cut).fill(0xff));
        // Nothing of the structure either.
        expect(view.getUint32(512 + info.program.id, true)).toBe(0);
      }
      expect(askRich({ [count]: 2 }, field, WINDOW - 2 * width)).toBe(0);
      expect(askRich({ [count]: 1 }, field, WINDOW - width)).toBe(0);
    });

    it('spec 15.7.1: records of functions and lines, and tags, are written up to the end of memory', () => {
      const { program } = info;
      const functions = { [program.functionInfoSize]: 8, [program.functionInfoCount]: 9 };
      expect(askRich(functions, program.functionInfo, WINDOW - 9)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - 9)]).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 7]);
      const lines = { [program.lineInfoSize]: 16, [program.lineInfoCount]: 9 };
      expect(askRich(lines, program.lineInfo, WINDOW - 17)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - 5)]).toEqual([0, 4, 0, 0, 5]);
      expect(askRich({ [program.tagCount]: 2 }, program.tags, 1024)).toBe(0);
      const tags = [...memory.bytes.subarray(1024, 1024 + 11)];
      expect(askRich({ [program.tagCount]: 2 }, program.tags, WINDOW - 11)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - 11)]).toEqual(tags);
    });

    it('spec 15.5.1: machine code is written up to the end of memory, bounded by its own length', () => {
      const { program } = info;
      expect(askRich({ [program.jitedLength]: 8 }, program.jited, WINDOW - 8)).toBe(0);
      const length = view.getUint32(512 + program.jitedLength, true);
      expect(length).toBeGreaterThan(8);
      expect(askRich({ [program.jitedLength]: 0xffff_ffff }, program.jited, 1024)).toBe(0);
      const code = [...memory.bytes.subarray(1024, 1024 + length)];
      expect(memory.bytes[1024 + length]).toBe(0);
      const ask = (room: number) =>
        askRich({ [program.jitedLength]: 0xffff_ffff }, program.jited, WINDOW - room);
      expect(ask(length)).toBe(0);
      expect(ask(length - 1)).toBe(-errno.EFAULT);
      expect([...memory.bytes.subarray(WINDOW - length + 1)]).toEqual(code.slice(0, -1));
    });

    it('spec 15.5: an id that info_len cuts is written as far as it goes', () => {
      const { program, link, map, btf } = info;
      for (const [name, at] of [
        ['p0', program.id],
        ['m0', map.id],
        ['b0', btf.id],
      ] as const) {
        for (const bytes of [1, 2, 3]) {
          memory.bytes.fill(0);
          memory.bytes.fill(0xee, 512, 600);
          // Of BTF everything in front of the id asks for something.
          if (name === 'b0') memory.bytes.fill(0, 512, 512 + at);
          u32(0, world.fd(name));
          u32(4, at + bytes);
          pointer(8, 512);
          expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end), name).toBe(0);
          const id = [0, 8, 16].map((shift) => (world.id(name) >>> shift) & 255);
          const written = [...memory.bytes.subarray(512 + at, 512 + at + 4)];
          expect(written).toEqual([...id.slice(0, bytes), ...new Array(4 - bytes).fill(0xee)]);
          expect(view.getUint32(4, true)).toBe(at + bytes);
        }
      }
      memory.bytes.fill(0);
      u32(attr.linkCreate.programFd, world.fd('p0'));
      u32(attr.linkCreate.target, world.ifindex('d0'));
      u32(attr.linkCreate.attachType, 46);
      world.addLink('l0', call(command.LINK_CREATE, 0, attr.linkCreate.end));
      memory.bytes.fill(0);
      memory.bytes.fill(0xee, 512, 600);
      u32(0, world.fd('l0'));
      u32(4, link.programId + 1);
      pointer(8, 512);
      expect(call(command.OBJ_GET_INFO_BY_FD, 0, attr.getInfo.end)).toBe(0);
      expect(view.getUint32(512 + link.programId, true)).toBe(0xeeee_ee00 + (world.id('p0') & 255));
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
