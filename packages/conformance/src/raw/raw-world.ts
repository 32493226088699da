import { command, info } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';
import { kindOf, rawCgroups, rawDevices, rawPrograms } from './raw-objects.js';

/** Far above any limit on open files, so never open. */
const BOGUS_FD = 0x7fff_0000;
/** Ids are given in ascending order from 1, so this one is unused. */
const BOGUS_ID = 0x7fff_fff0;
const MAP_TYPE_ARRAY = 2;

/** The objects of a raw sequence on one kernel: their names to fds, ids and interfaces, and ids back to names. */
export class RawWorld implements Disposable {
  readonly #memory: RawMemory;
  readonly #fds: Map<string, number> = new Map();
  readonly #ids: Map<string, number> = new Map();
  /** Names by what kind of number space and which number in it. */
  readonly #names: Map<string, string> = new Map();
  readonly #ifindexes: Map<string, number> = new Map();
  readonly #paths: string[] = [];

  constructor(memory: RawMemory) {
    this.#memory = memory;
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

  /** The object with an id; undefined for one that this run did not make. */
  nameOf(space: string, id: number | bigint): string | undefined {
    return this.#names.get(`${space} ${id}`);
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
    for (const { name, type, value, expectedAttachType = 0 } of rawPrograms) {
      this.#add(name, laboratory.loadVerdict(value, { name, type, expectedAttachType }));
    }
    this.#add('m0', this.#createMap());
    this.#add('b0', this.#loadBtf());
    this.#fds.set('file', laboratory.openFile());
    for (const name of rawDevices) {
      const ifindex = laboratory.addDevice();
      this.#ifindexes.set(name, ifindex);
      this.#names.set(`ifindex ${ifindex}`, name);
    }
    for (const name of rawCgroups) {
      const path = laboratory.addCgroup(name === 'B' ? this.#paths[0] : undefined);
      this.#paths.push(path);
      this.#fds.set(name, laboratory.host.world.openCgroup(path));
      const found = laboratory.host.world.cgroups().find((cgroup) => cgroup.path === path);
      this.#names.set(`cgroup ${found?.id}`, name);
    }
    const gone = this.#paths.pop()!;
    laboratory.removeCgroup(gone);
  }

  #add(name: string, fd: number): void {
    const kind = kindOf(name);
    const id = this.#idOf(fd, kind === 'btf' ? info.btf.id : info.program.id);
    this.#fds.set(name, fd);
    this.#ids.set(name, id);
    this.#names.set(`${kind} ${id}`, name);
  }

  /** Every kind but BTF has its id at the same place. */
  #idOf(fd: number, at: number): number {
    const { bytes, base } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 128);
    view.setUint32(0, fd, true);
    view.setUint32(4, 16, true);
    view.setBigUint64(8, BigInt(base + 64), true);
    this.#call(command.OBJ_GET_INFO_BY_FD, 16);
    return view.getUint32(64 + at, true);
  }

  #createMap(): number {
    const { bytes } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 128);
    for (const [i, value] of [MAP_TYPE_ARRAY, 4, 8, 1].entries()) view.setUint32(4 * i, value, true);
    return this.#call(command.MAP_CREATE, 72);
  }

  #loadBtf(): number {
    const { bytes, base } = this.#memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 128);
    bytes.set(btf, 64);
    view.setBigUint64(0, BigInt(base + 64), true);
    view.setUint32(16, btf.length, true);
    return this.#call(command.BTF_LOAD, 32);
  }

  #call(number: number, size: number): number {
    const result = this.#memory.bpf(number, this.#memory.base, size);
    if (result < 0) throw new Error(`prepare a raw sequence: command ${number} gave ${result}`);
    return result;
  }
}

/** Type information of one type, `int`. */
const btf: Uint8Array = Uint8Array.from(
  [
    [0x9f, 0xeb, 1, 0, 24, 0, 0, 0],
    [0, 0, 0, 0, 16, 0, 0, 0],
    [16, 0, 0, 0, 5, 0, 0, 0],
    [1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 32, 0, 0, 1],
    [0, 0x69, 0x6e, 0x74, 0],
  ].flat(),
);
