import { clip, MprogError } from '@mprog/core';
import {
  type Cgroup,
  type CgroupAttachType,
  type Device,
  featureNeeds,
  isErrno,
  type NamespaceSelector,
  type NetworkNamespace,
  type World,
} from '@mprog/kernel';
import type { Context } from '../context.js';
import { refusal } from '../manager-error.js';
import { parseHookName } from '../names/hook-name.js';
import { formatNamespace } from '../names/namespace-name.js';
import { didYouMean } from '../names/nearest.js';
import { cgroupHook, deviceHook, type FoundHook } from './found-hook.js';

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

/**
 * Finds the hook that a name means.
 *
 * @throws MprogError `ERR_HOOK_NAME`, `ENODEV` with the nearest device, `ENOENT` or `EPERM` for the namespace, `ENOENT`,
 * `EINVAL` or `ENOTDIR` for a cgroup, `EOPNOTSUPP` where the kernel has no netkit
 */
export function resolveHook(context: Context, text: string): FoundHook {
  const { kernel, world } = context;
  const { layer, direction, target, namespace } = parseHookName(text);
  const operation = `find hook ${clip(text)}`;
  if (layer === 'cgroup') {
    return cgroupHook(world, findCgroup(world, target, operation), direction as CgroupAttachType);
  }
  if (layer === 'netkit' && kernel.probe.has('netkit') === false) throw noNetkit(context, operation);
  const scope = openScope(world, namespace ?? context.namespace, operation);
  const device = findDevice(
    scope.within(() => world.devices()),
    target,
    operation,
  );
  if (layer === 'netkit') requirePrimary(context, scope, device, operation);
  return deviceHook(scope, device, layer, direction);
}

/** What every use of a netkit hook ends in on a kernel without. */
export function noNetkit({ world }: Pick<Context, 'world'>, operation: string): MprogError {
  const isSimulated = world.kernel.startsWith('simulated ');
  return refusal('EOPNOTSUPP', operation, `netkit is not in this kernel (needs ${featureNeeds.netkit})`, {
    remedy: isSimulated
      ? 'a host in a file gets it by: simulate device add nk0 --netkit nk1'
      : 'mprog probe says what it has',
  });
}

/**
 * Refuses a device that names no hook of netkit: both hooks of a pair are named by its primary one (spec 9.1).
 *
 * @throws MprogError `ENXIO` for no netkit device, `EACCES` for the peer, with the name of the primary device
 */
export function requirePrimary(
  { world }: Pick<Context, 'world'>,
  scope: Scope,
  device: Device,
  operation: string,
): void {
  const { netkit } = scope.within(() => world.background(device.ifindex));
  if (netkit === null)
    throw refusal('ENXIO', operation, `${device.name} is no netkit device`, {
      remedy: `its hooks are tcx/ingress@${device.name} and tcx/egress@${device.name}`,
    });
  if (netkit.role === 'primary') return;
  const other = scope.within(() => world.devices().find(({ ifindex }) => isOtherEnd(world, ifindex, device)));
  throw refusal('EACCES', operation, `${device.name} is the peer of its pair`, {
    remedy:
      other === undefined
        ? 'name the primary device, which is in another network namespace: netkit/peer@PRIMARY%NAMESPACE is the hook of the peer'
        : `name the primary device, ${other.name}: netkit/peer@${other.name} is the hook of the peer`,
  });
}

/** Whether a device is the other end of a pair: its number alone may be that of a stranger in another namespace. */
function isOtherEnd(world: World, ifindex: number, { ifindex: end }: Device): boolean {
  return (
    world.background(end).netkit?.other === ifindex &&
    ifindex !== end &&
    world.background(ifindex).netkit?.other === end
  );
}

/**
 * The cgroup at a path.
 *
 * @throws MprogError `ENOENT` with the nearest path, `EINVAL`, `ENOTDIR`
 */
export function findCgroup(world: World, path: string, operation: string): Cgroup {
  try {
    return world.findCgroup(path);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const near = isErrno(error, 'ENOENT') ? nearCgroup(world, path) : '';
    const message = error.message.replace(`find cgroup ${clip(path)}`, () => operation) + near;
    throw new MprogError(error.code, message, { data: { cgroup: path }, cause: error });
  }
}

function nearCgroup(world: World, path: string): string {
  try {
    const paths = world.cgroups().map((cgroup) => cgroup.path);
    return didYouMean(path, paths);
  } catch {
    return '';
  }
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
    throw refusal('ENOENT', operation, `there is no network namespace ${clip(selector.name)}`, {
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
            `enter network namespace ${clip(formatNamespace(entrance))}`,
            'it is another one than a moment ago',
            { remedy: 'look at it and try again' },
          );
        }
        return action();
      }),
  });
}

function nameOf(world: World, inode: string): string | null {
  return world.namespaces().namespaces.find((namespace) => namespace.inode === inode)?.name ?? null;
}

/**
 * The device of a name, or of an ifindex in digits.
 *
 * @throws MprogError `ENODEV` with the nearest name
 */
export function findDevice(devices: readonly Device[], target: string, operation: string): Device {
  const byName = devices.find(({ name }) => name === target);
  if (byName !== undefined) return byName;
  const byIndex = /^[1-9][0-9]{0,9}$/.test(target)
    ? devices.find(({ ifindex }) => ifindex === Number(target))
    : undefined;
  if (byIndex !== undefined) return byIndex;
  const names = devices.map(({ name }) => name);
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
  throw refusal('ENODEV', operation, `there is no device ${clip(target)} in this network namespace`, {
    remedy: names.length === 0 ? 'it has none' : `it has ${shown}${didYouMean(target, names)}`,
    data: { device: target, devices: names },
  });
}
