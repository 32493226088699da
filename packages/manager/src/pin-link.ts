import { checkPinPath, makePinDirectory } from './bpffs.js';
import { type Change, makeChange } from './change.js';
import type { Context } from './context.js';
import { HostView } from './host-view.js';
import { journalled } from './journalled.js';
import type { ChangeOptions } from './options.js';
import { openLink, resolveLink } from './resolve-link.js';

/** Pins a link, so that it outlives the processes that hold it. */
export function pinLink(context: Context, linkText: string, path: string, options: ChangeOptions): Change {
  const operation = `pin ${linkText} at ${path}`;
  const { kernel, world } = context;
  const view = new HostView(context);
  const { state } = resolveLink(context, view, linkText, operation);
  checkPinPath(world, path, operation);
  const { id, type, tag } = state.program;
  const change = makeChange({
    kind: 'pin-link',
    hook: state.hook,
    program: { id, type, tag, name: state.program.fullName ?? state.program.name },
    link: { id: state.id },
    pin: path,
    dryRun: options.dryRun ?? false,
  });
  if (options.dryRun === true) return change;
  const intent = {
    operation: 'pin-link',
    hook: state.hook,
    netnsInode: null,
    ifindex: state.ifindex,
    cgroupId: state.cgroupId,
    program: id,
    object: null,
    replaced: null,
    link: state.id,
    pin: path,
    revisionBefore: null,
  } as const;
  return journalled(context, intent, () => {
    using link = openLink(context, view, state.id, operation);
    const removeDirectories = makePinDirectory(world, path);
    try {
      kernel.pins.pin(link.fd, path);
    } catch (error) {
      removeDirectories();
      throw error;
    }
    return change;
  });
}
