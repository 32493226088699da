import { errno } from '../abi/errno.js';
import type { BtfObject } from './objects/btf.js';
import type { Access, FdTable } from './objects/fd-table.js';
import type { KernelObject, PlainFile, StatisticsObject } from './objects/kernel-object.js';
import type { LinkObject } from './objects/link.js';
import type { MapObject } from './objects/map.js';
import { ObjectTable } from './objects/object-table.js';
import type { ProgramObject } from './objects/program.js';

/** The objects of a kernel, and who holds them: each lives exactly as long as something does (spec 2). */
export abstract class ObjectStore {
  readonly programs: ObjectTable<ProgramObject> = new ObjectTable();
  readonly links: ObjectTable<LinkObject> = new ObjectTable();
  readonly maps: ObjectTable<MapObject> = new ObjectTable();
  readonly btfs: ObjectTable<BtfObject> = new ObjectTable();
  /** Runs are counted while it is referenced. */
  readonly statistics: StatisticsObject = { kind: 'statistics', references: 0 };
  /** A file that is no BPF object. */
  readonly file: PlainFile = { kind: 'file', references: 0 };

  /** Counts one more reference to an object. */
  acquire<Item extends KernelObject>(object: Item): Item {
    object.references++;
    return object;
  }

  /** Counts one reference less; with the last one the object goes, and its id with it (spec 2). */
  release(object: KernelObject): void {
    object.references--;
    if (object.references > 0) return;
    switch (object.kind) {
      case 'program':
        this.programs.delete(object.id);
        this.forget(object);
        for (const map of object.maps) this.release(map);
        if (object.btf !== null) this.release(object.btf);
        break;
      case 'link':
        object.layer.detachLink(object);
        this.links.delete(object.id);
        this.release(object.program);
        break;
      case 'map':
        this.maps.delete(object.id);
        this.clearProgramArray(object);
        if (object.typeInfo !== null) this.release(object.typeInfo.btf);
        break;
      case 'btf':
        this.btfs.delete(object.id);
        break;
    }
  }

  /** Counts a reference of an fd or a pin, which a program array needs to keep its programs. */
  acquireForUser(object: KernelObject): void {
    this.acquire(object);
    if (object.kind === 'map') object.users++;
  }

  /** Counts a reference of an fd or a pin less. */
  releaseForUser(object: KernelObject): void {
    if (object.kind === 'map' && --object.users === 0) this.clearProgramArray(object);
    this.release(object);
  }

  /** Gives the programs of a program array back. */
  clearProgramArray(map: MapObject): void {
    const programs = [...map.programs.values()];
    map.programs.clear();
    for (const program of programs) this.release(program);
  }

  /** Makes a program known, with a reference to all that it holds. */
  addProgram(program: ProgramObject): void {
    this.programs.add(program);
    for (const map of program.maps) this.acquire(map);
    if (program.btf !== null) this.acquire(program.btf);
  }

  /** Makes a map known, with a reference to its type information. */
  addMap(map: MapObject): void {
    this.maps.add(map);
    if (map.typeInfo !== null) this.acquire(map.typeInfo.btf);
  }

  /** Gives a caller an fd for an object; EMFILE, negated, when its table is full. */
  openFd(caller: { readonly fds: FdTable }, object: KernelObject, access: Access = 0): number {
    this.acquireForUser(object);
    if (caller.fds.hasRoom) return caller.fds.add(object, access);
    this.releaseForUser(object);
    return -errno.EMFILE;
  }

  /** Closes an fd; 0 or EBADF, negated. */
  closeFd(fds: FdTable, fd: number): number {
    const object = fds.remove(fd);
    if (object === undefined) return -errno.EBADF;
    this.releaseForUser(object);
    return 0;
  }

  /** Called when a program has gone. */
  protected abstract forget(program: ProgramObject): void;
}
