import type { LinuxUse } from '@mprog/kernel/linux';
import { PolicyManager } from '@mprog/manager/policy';
import type { GivenOptions } from './command-line/invocation.js';
import type { OpenedKernel } from './open-kernel.js';
import { openWithOptions } from './open-manager.js';

/** A manager of policies over the kernel that a command line asks for. */
export interface OpenedPolicyManager extends OpenedKernel {
  readonly manager: PolicyManager;
}

/** Opens the kernel, and a manager of policies with the namespace and the state directory of the command line. */
export async function openPolicyManager(given: GivenOptions, use: LinuxUse): Promise<OpenedPolicyManager> {
  const { opened, options } = await openWithOptions(given, use);
  return { ...opened, manager: new PolicyManager(options) };
}
