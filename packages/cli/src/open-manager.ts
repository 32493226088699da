import type { LinuxUse } from '@mprog/kernel/linux';
import { defaultStateDirectory, Manager, type ManagerOptions, parseNamespace } from '@mprog/manager';
import type { GivenOptions } from './command-line/invocation.js';
import { type OpenedKernel, openKernel } from './open-kernel.js';

/** A manager over the kernel that a command line asks for. */
export interface OpenedManager extends OpenedKernel {
  readonly manager: Manager;
}

/**
 * Opens the kernel, and a manager with the namespace and the state directory of the command line.
 *
 * The journal of a simulated host lies beside its file, in `FILE.journal`, unless `--state` names another directory.
 */
export async function openManager(
  given: GivenOptions,
  use: LinuxUse | null = 'query',
): Promise<OpenedManager> {
  const { opened, options } = await openWithOptions(given, use);
  return { ...opened, manager: new Manager(options) };
}

/** Opens the kernel, with what any manager over it is told by the command line. */
export async function openWithOptions(
  given: GivenOptions,
  use: LinuxUse | null,
): Promise<{ readonly opened: OpenedKernel; readonly options: ManagerOptions }> {
  const netns = given.option('netns');
  const namespace = netns === undefined ? {} : { namespace: parseNamespace(netns) };
  const opened = await openKernel(given, use);
  const { kernel, file } = opened;
  const stateDirectory =
    given.option('state') ?? (file === null ? defaultStateDirectory() : `${file}.journal`);
  return { opened, options: { kernel, stateDirectory, ...namespace } };
}
