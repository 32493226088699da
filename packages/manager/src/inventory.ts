import { MprogError } from '@mprog/core';
import { isErrno, type NetworkNamespace } from '@mprog/kernel';
import { readChain } from './chain.js';
import type { Context } from './context.js';
import { describeList } from './describe.js';
import { type HookGlob, hookGlob } from './hook-glob.js';
import { HostView } from './host-view.js';
import { refusal } from './manager-error.js';
import { formatNamespace } from './namespace-name.js';
import { didYouMean } from './nearest.js';
import type { InventoryOptions } from './options.js';
import { type FoundHook, hookOn, openScope, resolveHook, type Scope, scopeOf } from './resolve-hook.js';
import type { HookState, Inventory, Listing } from './state.js';

/** A namespace with the patterns that look into it; no patterns: everything. */
interface Search {
  readonly scope: Scope;
  readonly globs: readonly HookGlob[];
}

const directions = ['ingress', 'egress'] as const;

/**
 * Lists the hooks that have programs.
 *
 * What may not be read is null in the result and named in `errors`.
 *
 * @throws MprogError `ENOENT` for a pattern that no hook matches, with or without programs
 */
export function listHooks(context: Context, options: InventoryOptions = {}): Inventory {
  const view = new HostView(context);
  const hooks: HookState[] = [];
  const globs = (options.globs ?? []).map(hookGlob);
  const unmatched = new Set(globs);
  const devices = new Set<string>();
  for (const { scope, globs: looking } of searches(context, view, globs, options.allNamespaces ?? false)) {
    for (const hook of hooksIn(context, view, scope)) {
      devices.add(hook.device);
      const words = { layer: hook.layer, direction: hook.direction, target: hook.device };
      const matching = looking.filter((glob) => glob.matches(words));
      if (globs.length > 0 && matching.length === 0) continue;
      for (const glob of matching) unmatched.delete(glob);
      const state = readOrReport(context, view, hook, options.fullNames ?? false);
      if (state !== null && state.attachments.length > 0) hooks.push(state);
    }
  }
  for (const glob of unmatched) throw noMatch(glob, devices);
  return { ...listing(context, view), hooks };
}

/**
 * Shows one hook, also an empty one, with the whole names of functions.
 *
 * @throws MprogError as finding and querying the hook does
 */
export function showHook(context: Context, text: string): Inventory {
  const view = new HostView(context);
  const hook = resolveHook(context, text);
  const state = readHook(context, view, hook, true);
  return { ...listing(context, view), hooks: [state] };
}

/** The head of every listing, with the problems that the view met so far. */
export function listing(context: Context, view: HostView): Listing {
  const { kernel, bootId } = context.world;
  return { version: 1, kernel, bootId, errors: view.problems };
}

/** Every hook of the devices of a namespace; problems are reported. */
export function hooksIn(context: Context, view: HostView, scope: Scope): readonly FoundHook[] {
  try {
    const devices = scope.within(() => context.world.devices());
    return devices.flatMap((device) => directions.map((direction) => hookOn(scope, device, direction)));
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    view.report(`namespace ${nameOf(scope)} was skipped: ${error.message}`);
    return [];
  }
}

/** Every namespace that the world lists, the caller's first; problems are reported. */
export function allScopes(context: Context, report: (problem: string) => void): readonly Scope[] {
  const { world } = context;
  const current = world.currentNamespace();
  const { namespaces, errors } = world.namespaces();
  for (const error of errors) report(error);
  const own = namespaces.find(({ inode }) => inode === current) ?? { inode: current, name: null, pid: null };
  return [own, ...namespaces.filter(({ inode }) => inode !== current)].map((namespace: NetworkNamespace) =>
    scopeOf(world, namespace, current),
  );
}

function searches(
  context: Context,
  view: HostView,
  globs: readonly HookGlob[],
  allNamespaces: boolean,
): readonly Search[] {
  const { world } = context;
  const found = new Map<string, { scope: Scope; globs: HookGlob[] }>();
  const add = (scope: Scope, looking: readonly HookGlob[]) => {
    const known = found.get(scope.inode);
    if (known === undefined) found.set(scope.inode, { scope, globs: [...looking] });
    else known.globs.push(...looking);
  };
  const plain = globs.filter(({ namesNamespace }) => !namesNamespace);
  if (globs.length === 0 || plain.length > 0) {
    if (allNamespaces)
      for (const scope of allScopes(context, (problem) => view.report(problem))) add(scope, plain);
    else add(openScope(world, context.namespace, 'list hooks'), plain);
  }
  for (const glob of globs.filter(({ namesNamespace }) => namesNamespace)) {
    if (glob.namespace !== null) {
      add(openScope(world, glob.namespace, `list hooks ${glob.text}`), [glob]);
      continue;
    }
    const { namespaces } = world.namespaces();
    const matching = new Set(
      namespaces.filter((one) => glob.matchesNamespace(one)).map(({ inode }) => inode),
    );
    for (const scope of allScopes(context, (problem) => view.report(problem)))
      if (matching.has(scope.inode)) add(scope, [glob]);
  }
  return [...found.values()];
}

function readHook(context: Context, view: HostView, hook: FoundHook, fullNames: boolean): HookState {
  const { revision, members } = readChain(context, view, hook, fullNames);
  return {
    hook: hook.text,
    layer: hook.layer,
    direction: hook.direction,
    ifindex: hook.ifindex,
    netnsInode: hook.netnsInode,
    netns: hook.netns,
    revision: String(revision),
    attachments: members,
  };
}

function readOrReport(
  context: Context,
  view: HostView,
  hook: FoundHook,
  fullNames: boolean,
): HookState | null {
  try {
    return readHook(context, view, hook, fullNames);
  } catch (error) {
    // A device may go between the listing and the query, and its hooks with it.
    if (isErrno(error, 'ENODEV')) return null;
    if (isErrno(error, 'EPERM')) view.report('hooks could not be read: that needs CAP_NET_ADMIN');
    else if (MprogError.is(error)) view.report(error.message);
    else throw error;
    return null;
  }
}

function noMatch(glob: HookGlob, devices: ReadonlySet<string>): MprogError {
  const names = [...devices];
  const target = glob.text.slice(glob.text.indexOf('@') + 1);
  return refusal('ENOENT', `list hooks ${glob.text}`, 'no hook matches it', {
    remedy:
      names.length === 0
        ? 'there are no devices'
        : `devices are ${describeList(names)}${didYouMean(target, names)}`,
    data: { glob: glob.text },
  });
}

function nameOf(scope: Scope): string {
  return scope.selector === null ? scope.inode : formatNamespace(scope.selector);
}
