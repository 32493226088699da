import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { first } from '@mprog/core';
import {
  attachType,
  type CgroupHook,
  cgroup,
  cgroupAttachTypes,
  type Host,
  Kernel,
  programType,
  readStandIn,
  type TcxHook,
  tcx,
} from '@mprog/kernel';
import { SimulatedLaboratory, type SimulatedProcess } from '@mprog/kernel/simulated';
import { Manager, type ManagerOptions } from '../../src/index.js';
import { type HookOutcome, type Policy, PolicyManager, readPolicy } from '../../src/policy-index.js';
import { object } from '../suites/manager-bench.js';
import { type Watcher, watchedHost } from './watched-host.js';

/** Layers whose hooks a stage may have. */
export type StageLayer = 'tcx' | 'cgroup';

/** One entry of a chain, as somebody sees it who knows nothing of policies. */
export interface Seen {
  /** Id of its program. */
  readonly program: number;
  /** Id of the program that runs in the end: behind a stand-in its original, null when it has none. */
  readonly original: number | null;
  readonly standIn: boolean;
}

/** What a killed process throws at each call that it still tries. */
export class Killed extends Error {}

/** One hook of a simulated kernel, and any number of processes that change it. */
export class PolicyStage implements Disposable {
  readonly hook: string;
  readonly directory: string;
  /** Directory of the pins of the hook's links. */
  readonly linkPins: string;
  readonly #laboratory = new SimulatedLaboratory();
  readonly #observer: Kernel;
  readonly #layer: StageLayer;
  readonly #target: TcxHook | CgroupHook;
  readonly #cgroupId: string;
  /** Devices or cgroups that the policies of the stage mean besides that of the hook. */
  readonly #others: string[] = [];

  /** @param parent directory that the files of the stage go into */
  constructor(layer: StageLayer, parent: string) {
    this.directory = mkdtempSync(join(parent, 'stage-'));
    this.#layer = layer;
    this.#observer = new Kernel(this.#laboratory.host);
    const { world } = this.#laboratory.host;
    if (layer === 'tcx') {
      const ifindex = this.#laboratory.addDevice('eth0');
      this.#target = tcx('ingress', ifindex);
      this.#cgroupId = '';
      this.hook = 'tcx/ingress@eth0';
      this.linkPins = `/sys/fs/bpf/mprog/links/${world.currentNamespace()}/${ifindex}-tcx_ingress`;
    } else {
      const path = this.#laboratory.addCgroup();
      this.#target = cgroup('inet_ingress', world.openCgroup(path), path);
      this.#cgroupId = world.findCgroup(path).id;
      this.hook = `cgroup/inet_ingress@${path}`;
      this.linkPins = `/sys/fs/bpf/mprog/links/cgroup/${this.#cgroupId}-cgroup_inet_ingress`;
    }
  }

  /** The kernel as somebody uses it who knows nothing of mprog. */
  get kernel(): Kernel {
    return this.#observer;
  }

  get target(): TcxHook | CgroupHook {
    return this.#target;
  }

  get laboratory(): SimulatedLaboratory {
    return this.#laboratory;
  }

  /** Adds a hook of the same kind, which the policies of the stage mean from there on; returns its name. */
  addHook(): string {
    const name = this.#layer === 'tcx' ? `eth${this.#others.length + 1}` : this.#laboratory.addCgroup();
    if (this.#layer === 'tcx') this.#laboratory.addDevice(name);
    this.#others.push(name);
    return `${this.hook.split('@')[0]}@${name}`;
  }

  /** Writes an object with one program, `nowhere`; each version is another file. */
  writeObject(name: string, version = 0): string {
    const path = join(this.directory, `${name}.o`);
    copyFileSync(object('unknown-section'), path);
    if (version > 0) appendFileSync(path, Buffer.alloc(version));
    return path;
  }

  /** Loads a program as somebody else; its fd stays open. */
  load(name: string): { readonly fd: number; readonly id: number } {
    const type = this.#layer === 'tcx' ? programType.SCHED_CLS : programType.CGROUP_SKB;
    const fd = this.#laboratory.loadVerdict(this.#layer === 'tcx' ? -1 : 1, { name, type });
    return { fd, id: this.kernel.programs.info(fd).id };
  }

  /** Whether a program may be on the hook several times, through links. */
  get linksRepeat(): boolean {
    return this.#layer === 'cgroup';
  }

  /** Puts a program at the end of the chain, or at its front, as somebody else would; returns its id. */
  attachForeign(
    name: string,
    kind: 'link' | 'direct',
    fd: number = this.load(name).fd,
    front: boolean = false,
  ): number {
    const anchors = front ? [first()] : [];
    if (kind === 'direct') this.kernel.attachments.attach(this.#target, fd, { anchors });
    else this.kernel.links.create(this.#target, fd, { anchors });
    return this.kernel.programs.info(fd).id;
  }

  /** The policy of a file with one hook entry, as data. */
  policy(programs: Readonly<Record<string, unknown>>, entry: Readonly<Record<string, unknown>>): Policy {
    return this.policyBytes(programs, entry).policy;
  }

  /** The same with the bytes of its file. */
  policyBytes(
    programs: Readonly<Record<string, unknown>>,
    entry: Readonly<Record<string, unknown>>,
  ): { readonly policy: Policy; readonly bytes: Uint8Array } {
    const [on, target] = this.hook.split('@');
    const targets = [target, ...this.#others];
    const where = this.#layer === 'tcx' ? { devices: targets } : { cgroups: targets };
    const text = JSON.stringify({ version: 1, programs, hooks: [{ on, ...where, ...entry }] });
    const bytes = new TextEncoder().encode(text);
    writeFileSync(join(this.directory, 'policy.yaml'), bytes);
    const { policy, problems } = readPolicy({ bytes, file: 'policy.yaml', directory: this.directory });
    if (policy === null) throw new Error(`${text}: ${problems.map(({ message }) => message).join('\n')}`);
    return { policy, bytes };
  }

  /** Starts a process without a manager. */
  openProcess(): SimulatedProcess {
    return this.#laboratory.kernel.openProcess();
  }

  /** Applies a policy to its end. */
  apply(
    { policy }: { readonly policy: Policy },
    stateDirectory: string = this.state(),
  ): readonly HookOutcome[] {
    return this.run(({ policies }) => [...policies.apply(policies.plan(policy))], {}, { stateDirectory });
  }

  /** Starts a process that manages; it ends with what it holds open when the action ends, as a process does. */
  run<Result>(
    action: (managers: { readonly policies: PolicyManager; readonly manager: Manager }) => Result,
    watcher: Watcher = {},
    options: Partial<ManagerOptions> = {},
  ): Result {
    using process = this.#laboratory.kernel.openProcess();
    const kernel = new Kernel(watchedHost(process as Host, watcher));
    const all = { kernel, stateDirectory: this.state(), pause: () => {}, ...options };
    return action({ policies: new PolicyManager(all), manager: new Manager(all) });
  }

  /** A state directory. */
  state(name = 'state'): string {
    return join(this.directory, name);
  }

  /**
   * Runs an action in a process that is killed before one of its changes: its fds are closed, and nothing that it would
   * have done or written afterwards is.
   *
   * @param calls how many changes it makes before
   * @returns whether it came that far
   */
  kill(calls: number, action: (policies: PolicyManager) => void): boolean {
    const journal = join(this.state(), 'journal.jsonl');
    let left = calls;
    let written: Buffer | null = null;
    let killed = false;
    const die = () => {
      if (!killed) written = existsSync(journal) ? readFileSync(journal) : null;
      killed = true;
      throw new Killed();
    };
    try {
      this.run(({ policies }) => action(policies), {
        any: () => killed && die(),
        before: () => (left-- <= 0 ? die() : null),
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    if (!killed) return false;
    mkdirSync(this.state(), { recursive: true });
    writeFileSync(journal, written ?? '');
    return true;
  }

  /** The chain, in run order. */
  chain(): readonly Seen[] {
    return this.kernel.attachments.query(this.#target).attachments.map(({ programId }) => {
      const standIn = readStandIn(this.kernel, programId);
      return {
        program: programId,
        original: standIn === null ? programId : standIn.original,
        standIn: standIn !== null,
      };
    });
  }

  /** Ids of the links of the hook, by the id of their program. */
  links(): ReadonlyMap<number, readonly number[]> {
    const found = new Map<number, number[]>();
    const type = this.#layer === 'tcx' ? attachType.TCX_INGRESS : cgroupAttachTypes.inet_ingress;
    for (const id of this.kernel.links.ids()) {
      using link = this.kernel.links.open(id);
      const { programId, attachType: found2, ifindex, cgroupId } = this.kernel.links.info(link.fd);
      const isHere = this.#layer === 'tcx' ? ifindex !== 0 : cgroupId === this.#cgroupId;
      if (found2 !== type || !isHere) continue;
      found.set(programId, [...(found.get(programId) ?? []), id]);
    }
    return found;
  }

  /** What is pinned, by path: kind, and the id of the program or of the program behind the link. */
  pins(): ReadonlyMap<string, string> {
    const paths = this.#laboratory.host.world.pins.list('/sys/fs/bpf');
    return new Map(
      paths.map((path) => {
        using pinned = this.kernel.pins.open(path);
        if (pinned.kind === 'program') return [path, `program ${this.kernel.programs.info(pinned.fd).id}`];
        if (pinned.kind === 'map') return [path, 'map'];
        const { id, programId } = this.kernel.links.info(pinned.fd);
        return [path, `link ${id} of ${programId}`];
      }),
    );
  }

  [Symbol.dispose](): void {
    this.#laboratory.close();
  }
}
