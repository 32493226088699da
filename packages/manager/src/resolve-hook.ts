import { MprogError } from '@mprog/core';
import {
  type Device,
  describeHook,
  isErrno,
  type NamespaceSelector,
  type NetworkNamespace,
  type TcxHook,
  tcx,
  type World,
} from '@mprog/kernel';
import type { HookKey } from './claims.js';
import type { Context } from './context.js';
import { formatHookName, type HookName, managedLayers, parseHookName } from './hook-name.js';
import { refusal } from './manager-error.js';
import { formatNamespace } from './namespace-name.js';
import { didYouMean } from './nearest.js';

/** A network namespace to look into. */
export interface Scope {
  readonly inode: string;
  /** Name under `/run/netns`, where it is known. */
  readonly name: string | null;
  /** How hooks in it are named; null when the caller is in it. */
  readonly selector: NamespaceSelector | null;
  /** Runs an action inside of it. */
  within<Result>(action: () => Result): Result;
}

/** A hook whose device was found. */
export interface FoundHook extends HookKey {
  readonly layer: 'tcx';
  readonly direction: 'ingress' | 'egress';
  /** Name that every command takes. */
  readonly text: string;
  readonly device: string;
  readonly netns: string | null;
  readonly kernelHook: TcxHook;
  /** Runs an action in the hook's namespace; errors of the kernel come out with the hook's name. */
  within<Result>(action: () => Result): Result;
}

/**
 * Finds the hook that a name means.
 *
 * @throws MprogError `ERR_HOOK_NAME`, `ERR_LAYER`, `ENODEV` with the nearest device, `ENOENT` or `EPERM` for the namespace
 */
export function resolveHook(context: Context, text: string): FoundHook {
  const name = parseHookName(text);
  const operation = `find hook ${text}`;
  checkLayer(name, operation);
  const scope = openScope(context.world, name.namespace ?? context.namespace, operation);
  const device = findDevice(
    scope.within(() => context.world.devices()),
    name.target,
    operation,
  );
  return hookOn(scope, device, name.direction as FoundHook['direction']);
}

/** The hook of one direction of a device. */
export function hookOn(scope: Scope, device: Device, direction: FoundHook['direction']): FoundHook {
  const kernelHook = tcx(direction, device.ifindex);
  const text = formatHookName({ layer: 'tcx', direction, target: device.name, namespace: scope.selector });
  return Object.freeze({
    layer: 'tcx',
    direction,
    text,
    device: device.name,
    ifindex: device.ifindex,
    netnsInode: scope.inode,
    netns: scope.name,
    kernelHook,
    within: <Result>(action: () => Result): Result => {
      try {
        return scope.within(action);
      } catch (error) {
        throw withName(error, describeHook(kernelHook), text);
      }
    },
  });
}

/**
 * Enters a namespace once, to find out which one it is.
 *
 * @throws MprogError `ENOENT` with the nearest name, `EPERM`
 */
export function openScope(world: World, selector: NamespaceSelector | null, operation: string): Scope {
  const current = world.currentNamespace();
  if (selector === null) return scopeOf(world, { inode: current, name: null, pid: null }, current);
  let inode: string;
  try {
    inode = world.within(selector, () => world.currentNamespace());
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || !('name' in selector)) throw error;
    const names = world.namespaces().namespaces.flatMap(({ name }) => name ?? []);
    throw refusal('ENOENT', operation, `there is no network namespace ${selector.name}`, {
      remedy:
        names.length === 0
          ? 'no namespace has a name here; pid:N and inode:N name one without'
          : `there are ${names.join(', ')}${didYouMean(selector.name, names)}`,
      cause: error,
    });
  }
  const name = 'name' in selector ? selector.name : nameOf(world, inode);
  return scopeOf(world, { inode, name, pid: null }, current);
}

/** A namespace of the world's listing. */
export function scopeOf(world: World, namespace: NetworkNamespace, current: string): Scope {
  const { inode, name, pid } = namespace;
  if (inode === current) {
    return Object.freeze({ inode, name, selector: null, within: <Result>(action: () => Result) => action() });
  }
  const selector: NamespaceSelector = Object.freeze(name === null ? { inode } : { name });
  const entrance: NamespaceSelector = name !== null ? { name } : pid !== null ? { pid } : { inode };
  return Object.freeze({
    inode,
    name,
    selector,
    within: <Result>(action: () => Result): Result =>
      world.within(entrance, () => {
        // A name or a process may stand for another namespace by now; acting there would hit a stranger's device.
        if (world.currentNamespace() !== inode) {
          throw refusal(
            'ENOENT',
            `enter network namespace ${formatNamespace(entrance)}`,
            'it is another one than a moment ago',
          );
        }
        return action();
      }),
  });
}

function nameOf(world: World, inode: string): string | null {
  return world.namespaces().namespaces.find((namespace) => namespace.inode === inode)?.name ?? null;
}

function checkLayer(name: HookName, operation: string): void {
  if (name.layer === 'tcx') return;
  throw refusal('ERR_LAYER', operation, `hooks of ${name.layer} are not managed by this version`, {
    remedy: `this version manages ${managedLayers.join(', ')}`,
  });
}

function findDevice(devices: readonly Device[], target: string, operation: string): Device {
  const byName = devices.find(({ name }) => name === target);
  if (byName !== undefined) return byName;
  const byIndex = /^[1-9][0-9]{0,9}$/.test(target)
    ? devices.find(({ ifindex }) => ifindex === Number(target))
    : undefined;
  if (byIndex !== undefined) return byIndex;
  const names = devices.map(({ name }) => name);
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
  throw refusal('ENODEV', operation, `there is no device ${target} in this network namespace`, {
    remedy: names.length === 0 ? 'it has none' : `it has ${shown}${didYouMean(target, names)}`,
    data: { device: target, devices: names },
  });
}

function withName(error: unknown, described: string, text: string): unknown {
  if (!MprogError.is(error) || !error.message.includes(described)) return error;
  return new MprogError(error.code, error.message.replace(described, text), {
    data: { ...error.data, hook: text },
    cause: error,
  });
}
