import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, Kernel } from '@mprog/kernel';
import { SimulatedKernel, type SimulatedState } from '@mprog/kernel/simulated';
import { PolicyManager } from '../../src/policy-manager.js';
import { scratchDirectory } from '../scratch-directory.js';
import { type CrashEnd, type CrashMachine, type CrashTarget, setUp } from './crash-machine.js';
import { type DeathPoint, doomedHost } from './doomed-host.mjs';
import { FileSnapshot } from './file-snapshot.js';
import { performTask, type Task } from './perform-task.mjs';
import type { CrashScenario } from './scenarios.js';

type PinDirectory =
  SimulatedKernel['pins']['mounts'] extends Map<string, infer Directory> ? Directory : never;

const NEVER: DeathPoint = { n: Number.POSITIVE_INFINITY, moment: 'after' };

/**
 * A simulated host in memory. Who dies there is no process but a caller whose fds close at that moment, whom nothing reaches
 * any more, and whose journal ends there; so a death costs milliseconds, and every one of them can be tried.
 */
export class MemoryMachine implements CrashMachine {
  readonly stateDirectory: string;
  readonly scenario: CrashScenario;
  readonly target: CrashTarget;
  readonly #state: SimulatedState;
  readonly #journal: FileSnapshot;
  #kernel: SimulatedKernel;

  constructor(scenario: CrashScenario) {
    this.scenario = scenario;
    this.stateDirectory = scratchDirectory('mprog-crash-');
    this.#kernel = new SimulatedKernel();
    const { layer } = scenario;
    if (layer === 'tcx') this.#kernel.addDevice('eth0');
    else this.#kernel.cgroups.add('/crash');
    this.target = { layer, name: layer === 'tcx' ? 'eth0' : '/crash' };
    this.use((host) => setUp(host, this.target, scenario, this.stateDirectory));
    this.#state = structuredClone(this.#kernel.save());
    this.#journal = this.#keepJournal();
  }

  reset(): void {
    this.#kernel = SimulatedKernel.restore(structuredClone(this.#state));
    this.#journal.restore();
  }

  use<Result>(action: (host: Host) => Result): Result {
    using process = this.#kernel.openProcess();
    return action(process);
  }

  die(task: Task, point: DeathPoint | null): CrashEnd {
    const process = this.#kernel.openProcess();
    let journal: FileSnapshot | undefined;
    const die = () => {
      journal = this.#keepJournal();
      process.close();
      throw new Error('the process was killed');
    };
    const { host } = doomedHost(process, { ...(point ?? NEVER), die });
    const { stateDirectory } = this;
    try {
      const outcomes = performTask(new PolicyManager({ kernel: new Kernel(host), stateDirectory }), task);
      if (journal === undefined) return { killed: false, outcomes };
      throw new Error('the process lived on after it was killed');
    } catch (error) {
      if (journal === undefined) throw error;
      // What its end made it write, the dead would not have written.
      journal.restore();
      return { killed: true };
    } finally {
      process.close();
    }
  }

  directories(): readonly string[] {
    const found: string[] = [];
    const walk = (path: string, { entries }: PinDirectory) => {
      for (const [name, entry] of entries) {
        if (entry.kind !== 'directory') continue;
        found.push(`${path}/${name}`);
        walk(`${path}/${name}`, entry);
      }
    };
    for (const [mount, root] of this.#kernel.pins.mounts) walk(mount, root);
    return found.sort();
  }

  #keepJournal(): FileSnapshot {
    return new FileSnapshot(join(this.stateDirectory, 'journal.jsonl'));
  }

  [Symbol.dispose](): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}
