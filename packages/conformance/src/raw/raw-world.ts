import { command, info } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';
import type { NumbersOf, RawMachineCode, RawNumbers } from './raw-numbers.js';
import { kindOf, rawCgroups, rawDevices, rawPrograms } from './raw-objects.js';
import { functionTypes, intType, layRichProgram } from './raw-program.js';

/** Far above any limit on open files, so never open. */
const BOGUS_FD = 0x7fff_0000;
/** Ids are given in ascending order from 1, so this one is unused. */
const BOGUS_ID = 0x7fff_fff0;
const MAP_TYPE_ARRAY = 2;
/** Where info, and what its pointers lead to, stand while the machine code of a program is read. */
const PLACE = {
  info: 64,
  symbols: 512,
  functionLengths: 768,
  lines: 1024,
  code: 2048,
  codeRoom: 8192,
} as const;

/** The objects of a raw sequence on one kernel: their names to fds, ids and interfaces. */
export class RawWorld implements Disposable {
  readonly #memory: RawMemory;
  readonly #numbers: NumbersOf | undefined;
  readonly #fds: Map<string, number> = new Map();
  /** Those of fds that were closed too. */
  readonly #everyFd: Map<string, number> = new Map();
  readonly #ids: Map<string, number> = new Map();
  readonly #ifindexes: Map<string, number> = new Map();
  readonly #cgroups: Map<string, string> = new Map();
  readonly #machineCode: Map<string, RawMachineCode> = new Map();
  readonly #paths: string[] = [];

  /** @param numbers what every object gets its number from; the kernel chooses when absent */
  constructor(memory: RawMemory, numbers?: NumbersOf) {
    this.#memory = memory;
    this.#numbers = numbers;
    try {
      this.#make();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The fd of an object; one that is not open for what is gone or never was. */
  fd(name: string): number {
    return this.#fds.get(name) ?? BOGUS_FD;
  }

  id(name: string): number {
    return this.#ids.get(name) ?? BOGUS_ID;
  }

  /** The number before the id of an object that is there. */
  beforeId(name: string): number {
    return this.#fds.has(name) ? this.id(name) - 1 : BOGUS_ID;
  }

  ifindex(name: string): number {
    return this.#ifindexes.get(name)!;
  }

  /** The numbers of every object that there was. */
  get numbers(): RawNumbers {
    return {
      fds: Object.fromEntries(this.#everyFd),
      ids: Object.fromEntries(this.#ids),
      ifindexes: Object.fromEntries(this.#ifindexes),
      cgroups: Object.fromEntries(this.#cgroups),
      machineCode: Object.fromEntries(this.#machineCode),
    };
  }

  /** Called before a call that may make a link. */
  expectLink(name: string): void {
    this.#numbers?.before('link', name);
  }

  /** Notes a link that a call has made. */
  addLink(name: string, fd: number): void {
    this.#add(name, fd);
  }

  /** Closes the fd of a link; nothing for one that has none. */
  closeLink(name: string): void {
    const fd = this.#fds.get(name);
    if (fd === undefined) return;
    this.#fds.delete(name);
    this.closeFd(fd);
  }

  closeFd(fd: number): void {
    this.#memory.laboratory.host.world.close(fd);
  }

  /** Removes everything. */
  close(): void {
    const { laboratory } = this.#memory;
    const links = [...this.#fds.keys()].filter((name) => kindOf(name) === 'link');
    for (const name of links) this.closeLink(name);
    for (const path of this.#paths.splice(0).reverse()) laboratory.removeCgroup(path);
    for (const ifindex of this.#ifindexes.values()) laboratory.removeDevice(ifindex);
    this.#ifindexes.clear();
    for (const fd of this.#fds.values()) this.closeFd(fd);
    this.#fds.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #make(): void {
    const { laboratory } = this.#memory;
    const make = (kind: 'program' | 'map' | 'btf', name: string, call: () => number) => {
      this.#numbers?.before(kind, name);
      this.#add(name, call());
    };
    make('map', 'm0', () => this.#createMap());
    make('map', 'm1', () => this.#createMap());
    this.#freeze('m1');
    make('btf', 'b0', () => this.#loadBtf(intType));
    make('btf', 'b1', () => this.#loadBtf(functionTypes));
    for (const { name, type, value, expectedAttachType = 0, rich = false } of rawPrograms) {
      const plain = () => laboratory.loadVerdict(value, { name, type, expectedAttachType });
      make('program', name, rich ? () => this.#loadRich(name) : plain);
      this.#numbers?.loaded(name, this.id(name));
      this.#machineCode.set(name, this.#readMachineCode(this.fd(name)));
    }
    this.#open('file', laboratory.openFile());
    for (const name of rawDevices) {
      this.#numbers?.before('device', name);
      this.#ifindexes.set(name, laboratory.addDevice());
    }
    for (const name of rawCgroups) {
      this.#numbers?.before('cgroup', name);
      const path = laboratory.addCgroup(name === 'B' ? this.#paths[0] : undefined);
      this.#paths.push(path);
      this.#open(name, laboratory.host.world.openCgroup(path));
      this.#cgroups.set(name, laboratory.host.world.findCgroup(path).id);
    }
    const gone = this.#paths.pop()!;
    laboratory.removeCgroup(gone);
  }

  #add(name: string, given: number): void {
    const fd = this.#open(name, given);
    this.#ids.set(name, this.#idOf(fd, kindOf(name) === 'btf' ? info.btf.id : info.program.id));
  }

  #open(name: string, given: number): number {
    const fd = this.#numbers?.moveFd(name, given) ?? given;
    this.#fds.set(name, fd);
    this.#everyFd.set(name, fd);
    return fd;
  }

  /** Every kind but BTF has its id at the same place. */
  #idOf(fd: number, at: number): number {
    this.#memory.bytes.fill(0, PLACE.info, PLACE.info + 64);
    return this.#ask(fd, 64).getUint32(PLACE.info + at, true);
  }

  /** Asks for info, with what stands at its place as the caller's structure. */
  #ask(fd: number, length: number): DataView {
    const { bytes, base } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(0, fd, true);
    view.setUint32(4, length, true);
    view.setBigUint64(8, BigInt(base + PLACE.info), true);
    this.#call(command.OBJ_GET_INFO_BY_FD, 16);
    return view;
  }

  #readMachineCode(fd: number): RawMachineCode {
    const { bytes, base } = this.#memory;
    const { program } = info;
    bytes.fill(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(PLACE.info + program.jitedLineInfoSize, 8, true);
    const arrays = [
      [program.jitedLength, program.jited, PLACE.code, 1, PLACE.codeRoom],
      [program.symbolCount, program.symbols, PLACE.symbols, 8, 16],
      [program.functionLengthCount, program.functionLengths, PLACE.functionLengths, 4, 16],
      [program.jitedLineInfoCount, program.jitedLineInfo, PLACE.lines, 8, 16],
    ] as const;
    for (const [count, pointer, place, , room] of arrays) {
      view.setUint32(PLACE.info + count, room, true);
      view.setBigUint64(PLACE.info + pointer, BigInt(base + place), true);
    }
    this.#ask(fd, program.size);
    const [code, symbols, functionLengths, lines] = arrays.map(([count, , place, width, room]) => {
      const items = view.getUint32(PLACE.info + count, true);
      if (items > room)
        throw new Error(`prepare a raw sequence: ${items} items of machine code, over ${room}`);
      return Buffer.from(bytes.subarray(place, place + items * width)).toString('base64');
    }) as [string, string, string, string];
    return { code, symbols, functionLengths, lines };
  }

  #createMap(): number {
    const { bytes } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 128);
    for (const [i, value] of [MAP_TYPE_ARRAY, 4, 8, 1].entries()) view.setUint32(4 * i, value, true);
    return this.#call(command.MAP_CREATE, 72);
  }

  #freeze(map: string): void {
    const { bytes } = this.#memory;
    bytes.fill(0, 0, 128);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, this.fd(map), true);
    this.#call(command.MAP_FREEZE, 4);
  }

  #loadBtf(blob: Uint8Array): number {
    const { bytes, base } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 128);
    bytes.set(blob, 128);
    view.setBigUint64(0, BigInt(base + 128), true);
    view.setUint32(16, blob.length, true);
    return this.#call(command.BTF_LOAD, 32);
  }

  #loadRich(name: string): number {
    const size = layRichProgram(this.#memory, name, [this.fd('m0'), this.fd('m1')], this.fd('b1'));
    return this.#call(command.PROG_LOAD, size);
  }

  #call(number: number, size: number): number {
    const result = this.#memory.bpf(number, this.#memory.base, size);
    if (result < 0) throw new Error(`prepare a raw sequence: command ${number} gave ${result}`);
    return result;
  }
}
