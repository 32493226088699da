import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '@mprog/kernel';
import { openSimulatedFile } from '@mprog/kernel/simulated-file';
import { scratchDirectory } from '../scratch-directory.js';
import { type CrashEnd, type CrashMachine, type CrashTarget, setUp } from './crash-machine.js';
import { dieInProcess } from './die-in-process.js';
import type { DeathPoint } from './doomed-host.mjs';
import { FileSnapshot } from './file-snapshot.js';
import type { Task } from './perform-task.mjs';
import type { CrashScenario } from './scenarios.js';

/** A simulated host in a state file, on which real processes die. */
export class FileMachine implements CrashMachine {
  readonly stateDirectory: string;
  readonly scenario: CrashScenario;
  readonly target: CrashTarget;
  readonly #files: readonly FileSnapshot[];

  constructor(scenario: CrashScenario) {
    const { layer } = scenario;
    this.scenario = scenario;
    this.stateDirectory = scratchDirectory('mprog-crash-');
    this.target = { layer, name: layer === 'tcx' ? 'eth0' : '/crash' };
    {
      using host = openSimulatedFile(this.#path, { create: true });
      if (layer === 'tcx') host.shape.addDevice(this.target.name);
      else host.shape.addCgroup(this.target.name);
      setUp(host, this.target, scenario, this.stateDirectory);
    }
    this.#files = [this.#path, join(this.stateDirectory, 'journal.jsonl')].map(
      (path) => new FileSnapshot(path),
    );
  }

  get #path(): string {
    return join(this.stateDirectory, 'host.json');
  }

  reset(): void {
    for (const file of this.#files) file.restore();
  }

  use<Result>(action: (host: Host) => Result): Result {
    using host = openSimulatedFile(this.#path);
    return action(host);
  }

  die(task: Task, point: DeathPoint | null): CrashEnd {
    return dieInProcess(this.#path, this.stateDirectory, task, point);
  }

  [Symbol.dispose](): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}
