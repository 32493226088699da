import { clip, MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { allScopes, cgroupHooks, hooksIn } from '../host/all-hooks.js';
import { type Chain, readChain } from '../host/chain.js';
import { describeList } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import { noNetkit, openScope, type Scope } from '../host/resolve-hook.js';
import type { HookState, Inventory, Listing } from '../host/state.js';
import { refusal } from '../manager-error.js';
import { type HookGlob, hookGlob } from '../names/hook-glob.js';
import { layers } from '../names/hook-name.js';
import { didYouMean } from '../names/nearest.js';
import type { InventoryOptions } from '../options.js';

/** A namespace with the patterns that look into it; no patterns: everything. */
interface Search {
  readonly scope: Scope;
  readonly globs: readonly HookGlob[];
}

/**
 * Lists the hooks that have programs: those of devices, then those of cgroups.
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
  const targets = new Set<string>();
  const add = (hook: FoundHook) => {
    const state = readOrReport(context, view, hook, options.fullNames ?? false);
    if (state !== null) hooks.push(state);
  };
  for (const { scope, globs: looking } of searches(context, view, globs, options.allNamespaces ?? false)) {
    for (const hook of hooksIn(context, view, scope)) {
      if (globs.length > 0) {
        targets.add(hook.target);
        const matching = looking.filter((glob) => glob.matches(hook));
        if (matching.length === 0) continue;
        for (const glob of matching) unmatched.delete(glob);
      }
      add(hook);
    }
  }
  const plain = globs.filter(({ namesNamespace, mayMatchCgroups }) => !namesNamespace && mayMatchCgroups);
  if (plain.length > 0 || (globs.length === 0 && context.namespace === null)) {
    for (const hook of wantedCgroupHooks(context, view, plain, unmatched, targets)) add(hook);
  }
  for (const glob of unmatched) throw noMatch(context, glob, targets);
  return { ...listing(context, view), hooks };
}

/** Hooks of cgroups that have programs and that a pattern matches, all without patterns. */
function wantedCgroupHooks(
  context: Context,
  view: HostView,
  globs: readonly HookGlob[],
  unmatched: Set<HookGlob>,
  targets: Set<string>,
): Iterable<FoundHook> {
  const mount = context.world.cgroupMount() ?? '';
  return cgroupHooks(context, view, ({ path }, direction) => {
    targets.add(path);
    const words = { layer: 'cgroup', direction, target: path };
    const below = { ...words, target: mount + path };
    const matching = globs.filter((glob) => glob.matches(words) || glob.matches(below));
    for (const glob of matching) unmatched.delete(glob);
    return globs.length === 0 || matching.length > 0;
  });
}

/** The head of every listing, with the problems that the view met so far. */
export function listing(context: Context, view: HostView): Listing {
  const { kernel, bootId } = context.world;
  return { version: 1, kernel, bootId, errors: view.problems };
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
      add(openScope(world, glob.namespace, `list hooks ${clip(glob.text)}`), [glob]);
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

/** Reads a hook with its chain. */
export function readHook(context: Context, view: HostView, hook: FoundHook, fullNames: boolean): HookState {
  return stateOf(hook, readChain(context, view, hook, fullNames));
}

function stateOf(hook: FoundHook, { revision, mode, members }: Chain): HookState {
  const { layer, direction, ifindex, netnsInode, netns, cgroupId } = hook;
  return {
    hook: hook.text,
    layer,
    direction,
    ...(ifindex === null || netnsInode === null ? {} : { ifindex, netnsInode, netns }),
    ...(cgroupId === null ? {} : { cgroupId }),
    ...(mode === null ? {} : { mode }),
    revision: String(revision),
    attachments: members,
  };
}

/** A hook with its chain; null for one without programs, and for one that could not be read. */
function readOrReport(
  context: Context,
  view: HostView,
  hook: FoundHook,
  fullNames: boolean,
): HookState | null {
  try {
    const chain = readChain(context, view, hook, fullNames);
    return chain.members.length === 0 ? null : stateOf(hook, chain);
  } catch (error) {
    // A device or cgroup may go between the listing and the query, and its hooks with it.
    if (isErrno(error, 'ENODEV') || (hook.cgroupId !== null && isErrno(error, 'ENOENT'))) return null;
    if (isErrno(error, 'EPERM')) view.report('hooks could not be read: that needs CAP_NET_ADMIN');
    else if (MprogError.is(error)) view.report(error.message);
    else throw error;
    return null;
  }
}

/** How the hooks of a layer, or of one kind, are meant where only that is written. */
function layerPattern(text: string): string | null {
  const [layer = '', direction = ''] = text.split('/');
  if (text.includes('@') || !Object.hasOwn(layers, layer)) return null;
  return `a name alone is that of a device; write '${direction === '' ? `${layer}/*` : `${layer}/${clip(direction)}@*`}'`;
}

function noMatch(context: Context, glob: HookGlob, targets: ReadonlySet<string>): MprogError {
  const operation = `list hooks ${clip(glob.text)}`;
  if (glob.text.startsWith('netkit/') && context.kernel.probe.has('netkit') === false)
    return noNetkit(context, operation);
  const target = glob.text.slice(glob.text.indexOf('@') + 1);
  const isCgroup = glob.mayMatchCgroups && (target.startsWith('/') || glob.text.startsWith('cgroup/'));
  const names = [...targets].filter((name) => name.startsWith('/') === isCgroup);
  const kind = isCgroup ? 'cgroups' : 'devices';
  const there =
    names.length === 0
      ? `there are no ${kind}`
      : `${kind} are ${describeList(names)}${didYouMean(target, names)}`;
  return refusal('ENOENT', operation, 'no hook matches it', {
    remedy: layerPattern(glob.text) ?? there,
    data: { glob: glob.text },
  });
}
