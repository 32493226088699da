import { MprogError } from '@mprog/core';
import { type CgroupAttachType, cgroup, type Device, featureNeeds, isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { allScopes } from '../host/all-hooks.js';
import { cgroupHook, deviceHook, type FoundHook, withCgroup } from '../host/found-hook.js';
import {
  findCgroup,
  findDevice,
  noNetkit,
  openScope,
  requirePrimary,
  type Scope,
} from '../host/resolve-hook.js';
import { compileGlob } from '../names/glob.js';
import { formatHookName, type LayerName } from '../names/hook-name.js';
import { parseNamespace } from '../names/namespace-name.js';
import type { Source } from '../planner/problem.js';
import type { Located, Policy, PolicyHook } from './policy.js';
import { type PolicyProblem, type PolicyProblemCode, problemAt } from './policy-problem.js';

/** What is needed of a host to find hooks. */
export type HostLook = Pick<Context, 'kernel' | 'world' | 'namespace'>;

/** A hook that a policy means, and the entry that says what is asked of it. */
export interface ResolvedHook {
  readonly hook: FoundHook;
  readonly entry: PolicyHook;
  /** The device or cgroup by which the entry means it. */
  readonly word: Located;
}

/** The hooks that a policy means on a host, and what is wrong with how it names them. */
export interface HookResolution {
  /** By entries, namespaces, words and devices; each hook once. */
  readonly hooks: readonly ResolvedHook[];
  readonly problems: readonly PolicyProblem[];
}

/**
 * Finds the hooks that a policy means. Names must be there; a pattern that nothing matches is a warning. A hook that two
 * entries mean is an error, since nothing is merged.
 *
 * @param look its namespace is the one of entries that name none
 * @throws MprogError when the namespace of `look` can't be entered; everything else is a problem
 */
export function resolveHooks(look: HostLook, policy: Policy): HookResolution {
  return new Search(look).run(policy);
}

/** A namespace that an entry looks into. */
interface Place {
  readonly scope: Scope;
  /** A name that stands for one namespace; null for what a pattern found. */
  readonly literal: Located | null;
}

class Search {
  readonly #look: HostLook;
  readonly #found: Map<string, ResolvedHook> = new Map();
  readonly #problems: PolicyProblem[] = [];
  readonly #devices: Map<string, readonly Device[]> = new Map();
  /** Hooks that two entries mean, by the words that mean them. */
  readonly #twice: Map<string, { readonly first: Located; readonly second: Located; hooks: string[] }> =
    new Map();

  constructor(look: HostLook) {
    this.#look = look;
  }

  run({ hooks }: Policy): HookResolution {
    for (const entry of hooks) {
      const lack = this.#lack(entry.on.layer);
      if (lack !== null) this.#report(entry.on.source, lack);
      else if (entry.on.layer === 'cgroup') this.#findCgroups(entry);
      else this.#findDevices(entry);
    }
    for (const { first, second, hooks } of this.#twice.values()) {
      const more = hooks.length === 1 ? '' : ` (and ${hooks.length - 1} more)`;
      const message = `${hooks[0]}${more} is meant here and at ${first.source.where}; nothing is merged`;
      this.#add('error', 'ERR_HOOK_TWICE', second.source, message);
    }
    return { hooks: [...this.#found.values()], problems: this.#problems };
  }

  /** What is missing where the kernel has no hooks of a layer. */
  #lack(layer: LayerName): MprogError | null {
    const { kernel, world } = this.#look;
    const operation = `find hooks of ${layer}`;
    if (kernel.probe.has(layer) === false) {
      if (layer === 'netkit') return noNetkit(this.#look, operation);
      const message = `${operation}: ${layer} is not in this kernel (needs ${featureNeeds[layer]}) (EOPNOTSUPP)`;
      return new MprogError('EOPNOTSUPP', message);
    }
    if (layer !== 'cgroup' || world.cgroupMount() !== null) return null;
    return new MprogError('ENOENT', `${operation}: no cgroup2 is mounted (ENOENT)`);
  }

  #findDevices(entry: PolicyHook): void {
    const places = this.#places(entry);
    for (const word of entry.devices ?? []) {
      const glob = compileGlob(word.text);
      let matched = 0;
      let missing: MprogError | null = null;
      for (const place of places) {
        const devices = this.#devicesIn(place, entry);
        if (devices === null) continue;
        if (glob.literal === null) {
          const fitting = devices.filter(({ name }) => glob.test(name));
          matched += this.#addDevices(entry, word, place.scope, this.#primaries(entry, place.scope, fitting));
          continue;
        }
        try {
          const device = this.#deviceNamed(entry, place.scope, devices, glob.literal);
          matched += this.#addDevices(entry, word, place.scope, [device]);
        } catch (error) {
          if (!MprogError.is(error)) throw error;
          // In namespaces that a pattern finds, the device has to be in one of them only.
          if (place.literal === null && entry.namespaces !== null && isErrno(error, 'ENODEV'))
            missing ??= error;
          else {
            this.#report(word.source, error);
            matched++;
          }
        }
      }
      if (matched > 0 || places.length === 0) continue;
      if (missing !== null) this.#report(word.source, missing);
      else this.#noMatch(word, entry.on.layer === 'netkit' ? 'primary netkit device' : 'device');
    }
  }

  #places(entry: PolicyHook): readonly Place[] {
    const { world, namespace } = this.#look;
    if (entry.namespaces === null) {
      return [{ scope: openScope(world, namespace, 'find hooks'), literal: null }];
    }
    const places = new Map<string, Place>();
    const add = (scope: Scope, literal: Located | null) => {
      if (literal !== null || !places.has(scope.inode)) places.set(scope.inode, { scope, literal });
    };
    for (const word of entry.namespaces) {
      const glob = compileGlob(word.text);
      if (glob.literal !== null) {
        try {
          add(openScope(world, parseNamespace(word.text), `find namespace ${word.text}`), word);
        } catch (error) {
          this.#report(word.source, error);
        }
        continue;
      }
      const problem = (message: string) => this.#add('warning', 'WARN_UNKNOWN', word.source, message);
      const scopes = allScopes(this.#look, problem).filter(
        ({ name, inode }) => (name !== null && glob.test(name)) || glob.test(`inode:${inode}`),
      );
      for (const scope of scopes) add(scope, null);
      if (scopes.length === 0) this.#noMatch(word, 'network namespace');
    }
    return [...places.values()];
  }

  /** Devices of a namespace; null, with a word on it, where it can't be entered. */
  #devicesIn({ scope, literal }: Place, entry: PolicyHook): readonly Device[] | null {
    const known = this.#devices.get(scope.inode);
    if (known !== undefined) return known;
    try {
      const devices = scope.within(() => this.#look.world.devices());
      this.#devices.set(scope.inode, devices);
      return devices;
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      if (literal !== null || entry.namespaces === null) {
        this.#report(literal?.source ?? entry.source, error);
      } else {
        const message = `namespace ${scope.name ?? scope.inode} was skipped: ${error.message}`;
        this.#add('warning', 'WARN_UNKNOWN', entry.namespaces[0]!.source, message);
      }
      return null;
    }
  }

  #deviceNamed(entry: PolicyHook, scope: Scope, devices: readonly Device[], name: string): Device {
    const { layer, direction } = entry.on;
    const operation = `find ${formatHookName({ layer, direction, target: name, namespace: scope.selector })}`;
    const device = findDevice(devices, name, operation);
    if (layer === 'netkit') requirePrimary(this.#look, scope, device, operation);
    return device;
  }

  /** Both hooks of a netkit pair are named by its primary device (spec 9.1). */
  #primaries(entry: PolicyHook, scope: Scope, devices: readonly Device[]): readonly Device[] {
    if (entry.on.layer !== 'netkit') return devices;
    const { world } = this.#look;
    return scope.within(() =>
      devices.filter(({ ifindex }) => world.background(ifindex).netkit?.role === 'primary'),
    );
  }

  #addDevices(entry: PolicyHook, word: Located, scope: Scope, devices: readonly Device[]): number {
    const { layer, direction } = entry.on;
    for (const device of devices) {
      const hook = deviceHook(scope, device, layer as 'tcx' | 'netkit', direction);
      this.#addHook(`${scope.inode} ${device.ifindex}`, { hook, entry, word });
    }
    return devices.length;
  }

  #findCgroups(entry: PolicyHook): void {
    const { world } = this.#look;
    const direction = entry.on.direction as CgroupAttachType;
    let isKnown = false;
    for (const word of entry.cgroups ?? []) {
      const { literal, test } = compileGlob(word.text);
      try {
        const mount = world.cgroupMount() ?? '';
        const cgroups =
          literal === null
            ? world.cgroups().filter(({ path }) => test(path) || test(mount + path))
            : [findCgroup(world, literal, `find cgroup/${direction}@${literal}`)];
        if (cgroups.length === 0) this.#noMatch(word, 'cgroup');
        for (const found of cgroups) {
          if (!isKnown && this.#lacksType(entry, found)) return;
          isKnown = true;
          this.#addHook(found.id, { hook: cgroupHook(world, found, direction), entry, word });
        }
      } catch (error) {
        this.#report(word.source, error);
      }
    }
  }

  /** An older kernel does not know every attach type; a query of one that it does not know is EINVAL. */
  #lacksType(entry: PolicyHook, found: { readonly path: string; readonly id: string }): boolean {
    const { kernel, world } = this.#look;
    const direction = entry.on.direction as CgroupAttachType;
    try {
      withCgroup(world, found, (fd) => kernel.attachments.query(cgroup(direction, fd, found.path)));
      return false;
    } catch (error) {
      if (!isErrno(error, 'EINVAL')) return false;
      const message = `find hooks of cgroup/${direction}: this kernel has none (EOPNOTSUPP)`;
      this.#report(entry.on.source, new MprogError('EOPNOTSUPP', message));
      return true;
    }
  }

  #addHook(target: string, resolved: ResolvedHook): void {
    const { layer, direction } = resolved.entry.on;
    const key = `${layer}/${direction} ${target}`;
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, Object.freeze(resolved));
      return;
    }
    if (known.entry === resolved.entry) return;
    const words = `${known.word.source.where} ${resolved.word.source.where}`;
    const twice = this.#twice.get(words);
    if (twice === undefined) {
      const hooks = [resolved.hook.text];
      this.#twice.set(words, { first: known.word, second: resolved.word, hooks });
    } else twice.hooks.push(resolved.hook.text);
  }

  #noMatch(word: Located, kind: string): void {
    this.#add('warning', 'WARN_NO_MATCH', word.source, `no ${kind} matches ${JSON.stringify(word.text)}`);
  }

  #report(source: Source, error: unknown): void {
    if (!MprogError.is(error)) throw error;
    this.#add('error', error.code as PolicyProblemCode, source, error.message);
  }

  #add(severity: PolicyProblem['severity'], code: PolicyProblemCode, source: Source, message: string): void {
    this.#problems.push(problemAt(source, severity, code, message));
  }
}
