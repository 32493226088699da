import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagerOptions } from '../../src/index.js';
import {
  type HookOutcome,
  type Policy,
  PolicyManager,
  type PolicyWork,
  readPolicy,
} from '../../src/policy-index.js';
import { ManagerBench, object } from './manager-bench.js';

/** A bench whose manager plans and applies policies; object files lie in its state directory, where tests may change them. */
export class PolicyBench extends ManagerBench {
  /** Puts an object of the kernel package at a name of the policy's directory, `fw.o`. */
  provide(name: string, source: string): string {
    const path = join(this.stateDirectory, name);
    copyFileSync(object(source), path);
    return path;
  }

  policyManager(options: Partial<ManagerOptions> = {}): PolicyManager {
    return new PolicyManager(this.optionsWith(options));
  }

  /** Reads a policy; its paths are relative to the state directory. */
  policy(text: string): Policy {
    const bytes = new TextEncoder().encode(text);
    writeFileSync(join(this.stateDirectory, 'policy.yaml'), bytes);
    const { policy, problems } = readPolicy({ bytes, file: 'policy.yaml', directory: this.stateDirectory });
    if (policy === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    return policy;
  }

  plan(text: string): PolicyWork {
    return this.policyManager().plan(this.policy(text));
  }

  /** Plans and applies a policy to its end. */
  apply(text: string, options: { readonly force?: boolean } = {}): readonly HookOutcome[] {
    const manager = this.policyManager();
    return [...manager.apply(manager.plan(this.policy(text)), options)];
  }

  /** Names of the programs on the hook, in run order. */
  names(ifindex?: number): readonly string[] {
    return this.ids(ifindex).map((id) => {
      using program = this.kernel.programs.open(id);
      return this.kernel.programs.info(program.fd).name;
    });
  }
}
