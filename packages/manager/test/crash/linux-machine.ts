import { rmSync } from 'node:fs';
import type { Host, Laboratory } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { scratchDirectory } from '../scratch-directory.js';
import { type CrashEnd, type CrashMachine, type CrashTarget, setUp } from './crash-machine.js';
import { dieInProcess } from './die-in-process.js';
import type { DeathPoint } from './doomed-host.mjs';
import type { Task } from './perform-task.mjs';
import type { CrashScenario } from './scenarios.js';

/** The running kernel, each time with a laboratory of its own; processes that die there are in its namespaces. */
export class LinuxMachine implements CrashMachine {
  readonly stateDirectory: string;
  readonly scenario: CrashScenario;
  #laboratory: Laboratory | null = null;
  #target: CrashTarget | null = null;

  constructor(scenario: CrashScenario) {
    this.scenario = scenario;
    this.stateDirectory = scratchDirectory('mprog-crash-');
    this.reset();
  }

  get target(): CrashTarget {
    return this.#target!;
  }

  reset(): void {
    this.#laboratory?.close();
    rmSync(this.stateDirectory, { recursive: true, force: true });
    const laboratory = openLinuxLaboratory();
    this.#laboratory = laboratory;
    const { layer } = this.scenario;
    let name = 'eth0';
    if (layer === 'tcx') laboratory.addDevice(name);
    else name = laboratory.addCgroup();
    this.#target = { layer, name };
    setUp(laboratory.host, this.#target, this.scenario, this.stateDirectory);
  }

  use<Result>(action: (host: Host) => Result): Result {
    return action(this.#laboratory!.host);
  }

  die(task: Task, point: DeathPoint | null): CrashEnd {
    return dieInProcess(null, this.stateDirectory, task, point);
  }

  [Symbol.dispose](): void {
    this.#laboratory?.close();
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}
