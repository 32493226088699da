import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Anchor, MprogError } from '@mprog/core';
import {
  type CgroupHook,
  cgroup,
  command,
  type Host,
  Kernel,
  type Laboratory,
  type ObjectReference,
  programType,
  type SystemCall,
  type TcxHook,
  tcx,
  type World,
} from '@mprog/kernel';
import { afterEach, beforeEach } from 'vitest';
import type { Context } from '../../src/context.js';
import {
  type Change,
  type HookState,
  type Inventory,
  type InventoryOptions,
  type JournalRecord,
  Manager,
  type ManagerOptions,
} from '../../src/index.js';
import { makeContext } from '../../src/make-context.js';
import { scratchDirectory } from '../scratch-directory.js';

/** Bytes of an arena that a call in flight may need; they are put back after something was done in between. */
const IN_FLIGHT = 4096;

/** One of the objects that the kernel package compiles for tests. */
export function object(name: string): string {
  return fileURLToPath(new URL(`../../../kernel/objects/${name}.bpf.o`, import.meta.url));
}

/** A laboratory with the device `eth0`, a manager on it, and a second party that uses the kernel without mprog. */
export class ManagerBench {
  readonly hook: string = 'tcx/ingress@eth0';
  readonly #make: () => Laboratory;
  #laboratory: Laboratory | undefined;
  #directory = '';
  #ifindex = 0;
  #loads = 0;
  readonly #cgroups: string[] = [];
  #pauses: number[] = [];
  #before: Map<number, (() => void)[]> = new Map();

  constructor(makeLaboratory: () => Laboratory) {
    this.#make = makeLaboratory;
    beforeEach(() => this.#open());
    afterEach(() => this.#close());
  }

  #open(): void {
    this.#laboratory = this.#make();
    this.#ifindex = this.#laboratory.addDevice('eth0');
    this.#directory = scratchDirectory('mprog-manager-');
    this.#loads = 0;
    this.#cgroups.length = 0;
    this.#pauses = [];
    this.#before = new Map();
  }

  #close(): void {
    this.#laboratory?.close();
    this.#laboratory = undefined;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get laboratory(): Laboratory {
    return this.#laboratory!;
  }

  /** The client that somebody else uses; the manager's own goes through {@link beforeCall}. */
  get kernel(): Kernel {
    return new Kernel(this.laboratory.host);
  }

  get stateDirectory(): string {
    return this.#directory;
  }

  get ifindex(): number {
    return this.#ifindex;
  }

  /** How many objects the manager loaded. */
  get loads(): number {
    return this.#loads;
  }

  /** Milliseconds that the manager wanted to wait, in order. */
  get pauses(): readonly number[] {
    return this.#pauses;
  }

  get manager(): Manager {
    return this.managerWith({});
  }

  managerWith(options: Partial<ManagerOptions>): Manager {
    return new Manager(this.optionsWith(options));
  }

  /** What a manager of this bench stands on; its system calls go through {@link beforeCall}. */
  optionsWith(options: Partial<ManagerOptions>): ManagerOptions {
    return {
      kernel: new Kernel(this.#interrupted()),
      stateDirectory: this.#directory,
      clock: () => 1_700_000_000_000,
      pause: (milliseconds) => this.#pauses.push(milliseconds),
      ...options,
    };
  }

  /** What operations below the manager stand on; loads are counted, and calls interrupted, as for the manager. */
  get context(): Context {
    return makeContext(this.optionsWith({}));
  }

  /** A manager whose kernel answers one command with a fixed result. */
  managerAnswered(name: keyof typeof command, result: number): Manager {
    const host = this.#interrupted();
    const { bpf } = host.systemCall;
    const answered: SystemCall['bpf'] = (number, attr, size) =>
      number === command[name] ? result : bpf(number, attr, size);
    const systemCall = overridden(host.systemCall, { bpf: answered });
    return this.managerWith({ kernel: new Kernel(overridden(host, { systemCall })) });
  }

  /** A manager whose world answers some of its methods otherwise. */
  managerInWorld(world: Partial<World>): Manager {
    const host = this.#interrupted();
    return this.managerWith({
      kernel: new Kernel(overridden(host, { world: overridden(host.world, world) })),
    });
  }

  /** Does something right before the manager's next call of a command, each action once. */
  beforeCall(name: keyof typeof command, action: () => void): void {
    const number = command[name];
    this.#before.set(number, [...(this.#before.get(number) ?? []), action]);
  }

  #interrupted(): Host {
    const { host } = this.laboratory;
    const systemCall: SystemCall = {
      arena: host.systemCall.arena,
      bpf: (number, attr, size) => {
        const action = this.#before.get(number)?.shift();
        if (action !== undefined) {
          const { bytes } = host.systemCall.arena;
          const saved = bytes.slice(0, IN_FLIGHT);
          action();
          bytes.set(saved);
        }
        return host.systemCall.bpf(number, attr, size);
      },
      bpfLater: (number, attr, size) => host.systemCall.bpfLater(number, attr, size),
    };
    return {
      systemCall,
      world: host.world,
      objects: {
        inspect: (bytes, name) => host.objects.inspect(bytes, name),
        inspectMaps: (bytes, name) => host.objects.inspectMaps(bytes, name),
        load: (bytes, options) => {
          this.#loads++;
          return host.objects.load(bytes, options);
        },
      },
      close: () => {},
      [Symbol.dispose]: () => {},
    };
  }

  /** The inventory without hooks of cgroups that this laboratory did not make, which a live kernel may have. */
  inventory(options: InventoryOptions = {}): Inventory {
    const inventory = this.manager.inventory(options);
    return { ...inventory, hooks: inventory.hooks.filter((hook) => this.#isHere(hook)) };
  }

  #isHere({ layer, hook }: HookState): boolean {
    return layer !== 'cgroup' || this.#cgroups.includes(hook.slice(hook.indexOf('@') + 1));
  }

  /** Makes a cgroup and returns its path. */
  cgroup(parent?: string): string {
    const path = this.laboratory.addCgroup(parent);
    this.#cgroups.push(path);
    return path;
  }

  /** Loads a program for inet_ingress of cgroups, and keeps its fd until the laboratory closes. */
  loadForCgroup(name = '', value = 1): { readonly fd: number; readonly id: number } {
    const fd = this.laboratory.loadVerdict(value, {
      type: programType.CGROUP_SKB,
      ...(name === '' ? {} : { name }),
    });
    return { fd, id: this.kernel.programs.info(fd).id };
  }

  /** Does something with the inet_ingress hook of a cgroup as somebody else would. */
  onCgroup<Result>(path: string, action: (hook: CgroupHook) => Result): Result {
    const { world } = this.laboratory.host;
    const fd = world.openCgroup(path);
    try {
      return action(cgroup('inet_ingress', fd, path));
    } finally {
      world.close(fd);
    }
  }

  /** Ids of the inet_ingress list of a cgroup, as the kernel tells them. */
  idsOfCgroup(path: string): readonly number[] {
    return this.onCgroup(path, (hook) =>
      this.kernel.attachments.query(hook).attachments.map(({ programId }) => programId),
    );
  }

  kernelHook(ifindex: number = this.#ifindex): TcxHook {
    return tcx('ingress', ifindex);
  }

  /** Loads a program that says NEXT, and keeps its fd until the laboratory closes. */
  load(name = ''): { readonly fd: number; readonly id: number } {
    const fd = this.laboratory.loadVerdict(-1, name === '' ? {} : { name });
    return { fd, id: this.kernel.programs.info(fd).id };
  }

  /** Attaches a program as somebody else would; returns its id. */
  foreign(name = '', anchors: readonly Anchor<ObjectReference>[] = []): number {
    const { fd, id } = this.load(name);
    this.kernel.attachments.attach(this.kernelHook(), fd, { anchors });
    return id;
  }

  /** Attaches a program through a link as somebody else would. */
  foreignLink(name = ''): { readonly program: number; readonly link: number; readonly fd: number } {
    const { fd, id } = this.load(name);
    const link = this.kernel.links.create(this.kernelHook(), fd);
    return { program: id, link: this.kernel.links.info(link.fd).id, fd: link.fd };
  }

  /** Ids of the programs on the hook, in run order, as the kernel tells them. */
  ids(ifindex?: number): readonly number[] {
    return this.kernel.attachments
      .query(this.kernelHook(ifindex))
      .attachments.map(({ programId }) => programId);
  }

  revision(): number {
    return this.kernel.attachments.query(this.kernelHook()).revision;
  }

  /** Paths below the bpffs that our pins go to. */
  pins(): readonly string[] {
    return this.laboratory.host.world.pins.list('/sys/fs/bpf');
  }

  journal(): readonly JournalRecord[] {
    return readFileSync(join(this.#directory, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalRecord);
  }
}

/** An object with some members replaced; the others stay methods of the original. */
export function overridden<Target extends object>(target: Target, members: Partial<Target>): Target {
  return new Proxy(target, {
    get: (object, key) => {
      if (key in members) return members[key as keyof Target];
      const value: unknown = Reflect.get(object, key);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}

/** The refusal that an action ends in. */
export function refusalOf(action: () => unknown): MprogError {
  let result: unknown;
  try {
    result = action();
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error(`nothing was refused: ${JSON.stringify(result)}`);
}

/** Ids of a chain in a change. */
export function idsOf(members: Change['after']): readonly (number | null)[] {
  return members.map(({ program }) => program.id);
}
