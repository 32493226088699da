import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroup, type Host, Kernel, type KernelHook, programType, tcx } from '@mprog/kernel';
import { PolicyManager } from '../../src/policy-manager.js';
import type { DeathPoint } from './doomed-host.mjs';
import { performTask, type Task, type TaskOutcome } from './perform-task.mjs';
import { provideObjects, rebuild } from './provide-objects.js';
import type { CrashLayer, CrashScenario } from './scenarios.js';

/** How somebody who was to die ended. */
export type CrashEnd =
  | { readonly killed: true }
  | { readonly killed: false; readonly outcomes: readonly TaskOutcome[] };

/** A host on which a scenario is played again and again, each time up to another death. */
export interface CrashMachine extends Disposable {
  readonly stateDirectory: string;
  readonly scenario: CrashScenario;
  readonly target: CrashTarget;
  /** Makes the host what it is before somebody is killed. */
  reset(): void;
  /** Looks at the host, or acts on it, as a process that ends afterwards and lives to its end. */
  use<Result>(action: (host: Host) => Result): Result;
  /** Lets a process carry a task out that is killed at a point; null for one that lives. */
  die(task: Task, point: DeathPoint | null): CrashEnd;
  /** Directories on bpffs, where that can be told. */
  directories?(): readonly string[];
}

/** Target of the hook of a scenario: what its policies say, and what the kernel needs. */
export interface CrashTarget {
  /** Name of a device, or path of a cgroup. */
  readonly name: string;
  readonly layer: CrashLayer;
}

/** Name of the hook of a target. */
export function hookText({ name, layer }: CrashTarget): string {
  return layer === 'tcx' ? `tcx/ingress@${name}` : `cgroup/inet_ingress@${name}`;
}

/** Does something with the hook of a target as the kernel knows it. */
export function onHook<Result>(
  { world }: Host,
  { name, layer }: CrashTarget,
  action: (hook: KernelHook) => Result,
): Result {
  if (layer === 'tcx') {
    const { ifindex } = world.devices().find((device) => device.name === name)!;
    return action(tcx('ingress', ifindex));
  }
  const fd = world.openCgroup(name);
  try {
    return action(cgroup('inet_ingress', fd, name));
  } finally {
    world.close(fd);
  }
}

/** Brings a host with a target to where a scenario begins: others are there, and the first policy was applied. */
export function setUp(host: Host, target: CrashTarget, scenario: CrashScenario, directory: string): void {
  for (const name of scenario.foreign) attachForeign(host, target, name);
  provideObjects(directory, scenario.layer);
  const policy = join(directory, 'policy.yaml');
  if (scenario.before !== null) {
    writeFileSync(policy, scenario.before(target.name));
    const manager = new PolicyManager({ kernel: new Kernel(host), stateDirectory: directory });
    const outcomes = performTask(manager, { kind: 'apply', directory, force: false });
    for (const { error } of outcomes) if (error !== null) throw new Error(error.message);
  }
  writeFileSync(policy, scenario.after(target.name));
  for (const key of scenario.rebuilt) rebuild(join(directory, `${key}.o`));
}

/** Attaches a program as somebody else would. */
export function attachForeign(host: Host, target: CrashTarget, name: string): void {
  const kernel = new Kernel(host);
  const type = target.layer === 'tcx' ? programType.SCHED_CLS : programType.CGROUP_SKB;
  using program = kernel.programs.load({
    type,
    instructions: verdict(target.layer === 'tcx' ? -1 : 1),
    name,
  });
  onHook(host, target, (hook) => kernel.attachments.attach(hook, program.fd));
}

/** Instructions that return a constant. */
function verdict(value: number): Uint8Array {
  const instructions = new Uint8Array(2 * 8);
  const view = new DataView(instructions.buffer);
  view.setUint8(0, 0xb7); // r0 = value
  view.setInt32(4, value, true);
  view.setUint8(8, 0x95); // exit
  return instructions;
}
