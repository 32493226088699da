import { existsSync } from 'node:fs';
import { MprogError } from '@mprog/core';
import type { NamespaceSelector } from '@mprog/kernel';
import type { HostShape } from '@mprog/kernel/simulated-file';
import { parseNamespace } from '@mprog/manager';
import type { Invocation } from './command-line/invocation.js';
import { kernelChoice } from './kernel-choice.js';
import type { Output } from './render/output.js';
import { printable } from './render/printable.js';
import { uninterrupted } from './uninterrupted.js';

/** What a command did to the shape of a simulated host. */
export interface Shaped {
  /** For people, `added device eth0 (ifindex 2)`. */
  readonly sentence: string;
  /** For programs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What `-q` prints; null when something went. */
  readonly id: string | number | null;
}

/** Changes the shape of a host; `namespace` is that of `--netns`. */
export type Shape = (shape: HostShape, namespace: NamespaceSelector | undefined) => Shaped;

/**
 * Changes the host of `--kernel simulated:FILE` and says what was done; a command that adds something makes the file.
 *
 * @throws MprogError `ERR_KERNEL` for any other kernel
 */
export async function simulate(invocation: Invocation, output: Output, shape: Shape): Promise<number> {
  const words = invocation.command.path.join(' ');
  const choice = kernelChoice(invocation);
  if (choice.kind === 'linux') {
    throw new MprogError(
      'ERR_KERNEL',
      `${words}: only the host of a state file can be shaped; add --kernel simulated:FILE`,
    );
  }
  const { file } = choice;
  const netns = invocation.option('netns');
  const namespace = netns === undefined ? undefined : parseNamespace(netns);
  const isNew = words.endsWith(' add') && !existsSync(file);
  if (isNew) await rehearse(shape, namespace);
  const { openStateFile } = await import('./open-state-file.js');
  const { shaped, kernel, bootId } = await uninterrupted(() => {
    using host = openStateFile(file, { create: isNew });
    const { kernel, bootId } = host.world;
    return { shaped: shape(host.shape, namespace), kernel, bootId };
  });
  if (output.isJson) output.json({ kernel, bootId, created: isNew ? file : null, ...shaped.data });
  else if (output.quiet) output.lines(...(shaped.id === null ? [] : [String(shaped.id)]));
  else
    output.lines(...[...(isNew ? [`made ${file}, a simulated host`] : []), shaped.sentence].map(printable));
  return 0;
}

/** Does it to a host in memory first, so that a refusal leaves no file behind. */
async function rehearse(shape: Shape, namespace: NamespaceSelector | undefined): Promise<void> {
  const { SimulatedKernel } = await import('@mprog/kernel/simulated');
  using host = new SimulatedKernel().openProcess();
  shape(host.shape, namespace);
}
