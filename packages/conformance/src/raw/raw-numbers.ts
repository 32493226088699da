import type { SimulatedLaboratory, SimulatedProcess } from '@mprog/kernel/simulated';

/** The machine code of a program as info gives it, each part in base64. */
export interface RawMachineCode {
  readonly code: string;
  readonly symbols: string;
  readonly functionLengths: string;
  readonly lines: string;
}

/**
 * The numbers that one kernel gave to the objects of a raw sequence, by their names, those that are gone included. A
 * simulated kernel that takes them over writes the same bytes wherever a number is cut or something else lies over it.
 */
export interface RawNumbers {
  readonly fds: Readonly<Record<string, number>>;
  /** Ids of programs, maps, type information and links. */
  readonly ids: Readonly<Record<string, number>>;
  readonly ifindexes: Readonly<Record<string, number>>;
  /** Ids of cgroups, in decimal digits. */
  readonly cgroups: Readonly<Record<string, string>>;
  readonly machineCode: Readonly<Record<string, RawMachineCode>>;
}

/** Lets a simulated kernel give the numbers that another one gave. */
export class NumbersOf {
  readonly #laboratory: SimulatedLaboratory;
  readonly #numbers: RawNumbers;

  constructor(laboratory: SimulatedLaboratory, numbers: RawNumbers) {
    this.#laboratory = laboratory;
    this.#numbers = numbers;
  }

  /** Called before an object comes to be; one that has no number gets any. */
  before(kind: 'program' | 'link' | 'map' | 'btf' | 'device' | 'cgroup', name: string): void {
    const { kernel, host } = this.#laboratory;
    const { ids, ifindexes, cgroups } = this.#numbers;
    const id = ids[name];
    switch (kind) {
      case 'device':
        kernel.namespace(host.world.currentNamespace()).nextIfindex = ifindexes[name]!;
        break;
      case 'cgroup':
        kernel.cgroups.nextId = Number(cgroups[name]);
        break;
      default: {
        const table = { program: kernel.programs, link: kernel.links, map: kernel.maps, btf: kernel.btfs };
        if (id !== undefined) table[kind].continueAt(id);
      }
    }
  }

  /** Moves an fd to the number that it has elsewhere; returns its number. */
  moveFd(name: string, fd: number): number {
    const wanted = this.#numbers.fds[name];
    if (wanted === undefined || wanted === fd) return fd;
    const process = this.#laboratory.host as SimulatedProcess;
    return process.transact((_, { fds }) => {
      // It is taken only once the kernels have parted.
      if (fds.get(wanted) !== undefined) return fd;
      const access = fds.access(fd);
      fds.set(wanted, fds.remove(fd)!, access);
      return wanted;
    });
  }

  /** Called for each program that was loaded. */
  loaded(name: string, id: number): void {
    const machineCode = this.#numbers.machineCode[name];
    const program = this.#laboratory.kernel.programs.get(id);
    if (machineCode === undefined || program === undefined) return;
    program.machineCode = {
      code: fromBase64(machineCode.code),
      symbols: fromBase64(machineCode.symbols),
      functionLengths: fromBase64(machineCode.functionLengths),
      lines: fromBase64(machineCode.lines),
    };
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
