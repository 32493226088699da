import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Laboratory } from '@mprog/kernel';
import type { Policy, PolicyObject, PolicyProgram } from '../../src/policy/policy.js';
import type { DesiredProgram } from '../../src/programs/desired-program.js';
import { type DesiredPrograms, desiredPrograms } from '../../src/programs/desired-programs.js';
import { loadDesired } from '../../src/programs/load-desired.js';
import { ManagerBench, object } from './manager-bench.js';

const HOOK = { layer: 'tcx', direction: 'ingress' } as const;
const source = { where: 'policy.yaml:3:5', words: 'firewall' };

/** A bench with a policy that names the program `firewall` of `firewall.o` in the state directory. */
export class PolicyProgramBench extends ManagerBench {
  /** Where the program is pinned. */
  readonly pin: string = '/sys/fs/bpf/mprog/programs/firewall';

  constructor(makeLaboratory: () => Laboratory) {
    super(makeLaboratory);
  }

  /** Path of a file in the state directory. */
  file(name: string): string {
    return join(this.stateDirectory, name);
  }

  /** The program as the policy names it. */
  wanted(parts: Partial<PolicyObject> = {}): PolicyObject {
    const path = this.file('firewall.o');
    return { kind: 'object', name: 'firewall', path, program: null, maps: 'reuse', source, ...parts };
  }

  /** A program that the policy names by its pin. */
  pinnedProgram(path: string): PolicyProgram {
    return { kind: 'pinned', name: 'firewall', path, source };
  }

  /** Plans programs of one policy; only those that are needed are planned, all of them by default. */
  desiredOf(
    programs: readonly PolicyProgram[],
    needed: readonly string[] = programs.map(({ name }) => name),
  ): DesiredPrograms {
    const policy: Policy = {
      version: 1,
      programs: new Map(programs.map((program) => [program.name, program])),
      hooks: [],
      file: 'policy.yaml',
      directory: this.stateDirectory,
    };
    return desiredPrograms(this.context, policy, new Map(needed.map((name) => [name, HOOK])));
  }

  /** Plans one program, or throws what is wrong with it. */
  desired(program: PolicyProgram = this.wanted()): DesiredProgram {
    const { programs, errors } = this.desiredOf([program]);
    for (const error of errors.values()) throw error;
    return programs.get(program.name)!;
  }

  /** Plans one program and does what was planned. */
  apply(program: PolicyProgram = this.wanted()): { readonly id: number; readonly done: string } {
    using ready = loadDesired(this.context, this.desired(program), 'undo');
    return { id: ready.program.id!, done: ready.done };
  }

  writeObject(name = 'firewall', path = 'firewall.o'): void {
    copyFileSync(object(name), this.file(path));
  }

  /** Makes a newer file of the same program: its digest is another one. */
  rebuild(): void {
    const path = this.file('firewall.o');
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(1)]));
  }

  /** Id of the program that is pinned at a path. */
  idAt(path: string): number {
    using pinned = this.kernel.pins.open(path);
    return this.kernel.programs.info(pinned.fd).id;
  }

  undoPins(): readonly string[] {
    return this.pins().filter((path) => path.startsWith('/sys/fs/bpf/mprog/undo/'));
  }
}
