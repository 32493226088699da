import { MprogError } from '@mprog/core';
import { Kernel } from '@mprog/kernel';
import type { LinuxUse } from '@mprog/kernel/linux';
import type { GivenOptions } from './command-line/invocation.js';
import { kernelChoice } from './kernel-choice.js';

/** A kernel that was opened for one command; closing it ends this caller on it. */
export interface OpenedKernel extends Disposable {
  readonly kernel: Kernel;
  /** The state file of a simulated host; null for the running kernel. */
  readonly file: string | null;
}

/**
 * Opens the kernel that a command line asks for.
 *
 * @param use what the command wants of the running kernel, so that it is refused before anything is done; null for nothing
 * @throws MprogError that names the missing capability, kernel version or file; linux is never replaced silently
 */
export async function openKernel(given: GivenOptions, use: LinuxUse | null): Promise<OpenedKernel> {
  const choice = kernelChoice(given);
  return choice.kind === 'linux' ? openRunningKernel(use) : openSimulatedKernel(choice.file);
}

async function openRunningKernel(use: LinuxUse | null): Promise<OpenedKernel> {
  const { openLinux, requireLinux } = await import('@mprog/kernel/linux');
  try {
    if (use !== null) requireLinux(use);
    return opened(new Kernel(openLinux()), null);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const reason = typeof error.data.reason === 'string' ? error.data.reason : error.message;
    throw new MprogError(
      error.code,
      `use the linux kernel: ${reason} (${error.code}); or name a simulated one: --kernel simulated:FILE`,
      { cause: error, data: error.data },
    );
  }
}

async function openSimulatedKernel(file: string): Promise<OpenedKernel> {
  const { openStateFile } = await import('./open-state-file.js');
  return opened(new Kernel(openStateFile(file)), file);
}

function opened(kernel: Kernel, file: string | null): OpenedKernel {
  return { kernel, file, [Symbol.dispose]: () => kernel.host.close() };
}
