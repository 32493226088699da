import type { LinuxUse } from '@mprog/kernel/linux';
import type { Change, Manager } from '@mprog/manager';
import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { renderChange } from '../render/change.js';
import type { Output } from '../render/output.js';
import { uninterrupted } from '../uninterrupted.js';

/** How a command that changes something is carried out and told of. */
export interface ChangeCommand {
  /** What it needs of the running kernel. */
  readonly use: LinuxUse;
  /** Which ids `-q` prints. */
  readonly ids: 'programs' | 'links';
  change(manager: Manager): Change | readonly Change[];
  /** What to say when nothing was to be done. */
  readonly nothing?: string;
}

/** Carries a change out, not to be interrupted, and shows it. */
export async function changeCommand(
  invocation: Invocation,
  output: Output,
  command: ChangeCommand,
): Promise<number> {
  using opened = await openManager(invocation, command.use);
  const changes = await uninterrupted(() => [command.change(opened.manager)].flat());
  const { kernel, bootId } = opened.kernel.host.world;
  if (output.isJson) output.json({ kernel, bootId, changes });
  else if (output.quiet) output.lines(...changes.flatMap((change) => idOf(change, command.ids)));
  else if (changes.length === 0 && command.nothing !== undefined) output.lines(command.nothing);
  else output.lines(...changes.flatMap((change) => renderChange(change, output.style)));
  return 0;
}

function idOf(change: Change, ids: ChangeCommand['ids']): string[] {
  const id = ids === 'links' ? change.link?.id : change.program?.id;
  return id === null || id === undefined ? [] : [String(id)];
}

/** The options that most changes share. */
export function changeOptions(invocation: Invocation): { readonly force: boolean; readonly dryRun: boolean } {
  return { force: invocation.flag('force'), dryRun: invocation.flag('dry-run') };
}

/** The options of a change of a chain. */
export function chainOptions(
  invocation: Invocation,
): ReturnType<typeof changeOptions> & { readonly revision?: bigint } {
  const revision = invocation.option('revision');
  return {
    ...changeOptions(invocation),
    ...(revision === undefined ? {} : { revision: BigInt(revision) }),
  };
}
