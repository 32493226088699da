import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { allScopes, cgroupHooks, hooksIn } from '../host/all-hooks.js';
import { queryHook } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { ProgramListingEntry } from '../host/state.js';

/** Every program of the host; without CAP_SYS_ADMIN those that are pinned or attached, and the view says so. */
export function listPrograms(
  context: Context,
  view: HostView,
  fullNames: boolean,
): readonly ProgramListingEntry[] {
  return programIds(context, view).map((id) => ({
    ...view.program(id, fullNames),
    ours: view.ownsProgram(id),
  }));
}

function programIds(context: Context, view: HostView): readonly number[] {
  try {
    return [...context.kernel.programs.ids()];
  } catch (error) {
    if (!isErrno(error, 'EPERM')) throw error;
  }
  view.report('only pinned and attached programs are listed: the others need CAP_SYS_ADMIN');
  const ids = new Set<number>();
  for (const entry of view.pins.entries) {
    ids.add(entry.kind === 'program' ? entry.info.id : entry.info.programId);
  }
  for (const hook of [...deviceHooks(context, view), ...cgroupHooks(context, view)]) {
    try {
      for (const { programId } of queryHook(context, hook).entries) ids.add(programId);
    } catch (error) {
      if (!isErrno(error, 'ENODEV') && !isErrno(error, 'ENOENT') && !isErrno(error, 'EPERM')) throw error;
    }
  }
  return [...ids].sort((a, b) => a - b);
}

function deviceHooks(context: Context, view: HostView): readonly FoundHook[] {
  const scopes = allScopes(context, (problem) => view.report(problem));
  return scopes.flatMap((scope) => hooksIn(context, view, scope));
}
