import type { Cgroup } from '../objects/cgroup.js';
import type { Device } from '../objects/device.js';
import type { KernelObject } from '../objects/kernel-object.js';
import type { LinkTarget } from '../objects/link.js';
import type { NetkitEnd } from '../objects/netkit-end.js';
import type { ExtraInfo } from '../objects/program.js';
import type { PinDirectory } from '../pin-store.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { toBase64 } from './base64.js';
import {
  type SavedCgroupEntry,
  type SavedCgroupHook,
  type SavedDeviceName,
  type SavedEntries,
  type SavedExtraInfo,
  type SavedLink,
  type SavedNetkit,
  type SavedReference,
  type SimulatedState,
  STATE_FORMAT,
  STATE_VERSION,
} from './simulated-state.js';

/** A kernel as plain data. */
export function saveState(kernel: SimulatedKernel, bootTime: number): SimulatedState {
  const { programs, links, maps, btfs, network, cgroups } = kernel;
  return {
    format: STATE_FORMAT,
    version: STATE_VERSION,
    bootId: kernel.bootId,
    bootTime,
    netkit: kernel.hasNetkit,
    programs: {
      nextId: programs.nextId,
      items: [...programs.values()].map((program) => ({
        id: program.id,
        type: program.type,
        expectedAttachType: program.expectedAttachType,
        name: program.name,
        tag: program.tag,
        instructions: toBase64(program.instructions),
        gpl: program.gpl,
        loadTime: program.loadTime,
        createdByUid: program.createdByUid,
        maps: program.maps.map(({ id }) => id),
        btf: program.btf?.id ?? null,
        functionInfo: saveExtra(program.functionInfo),
        lineInfo: saveExtra(program.lineInfo),
        runCount: program.runCount,
        runTime: program.runTime,
      })),
    },
    links: {
      nextId: links.nextId,
      items: [...links.values()].map(({ id, type, attachType, program, target }) => ({
        id,
        type,
        attachType,
        program: program.id,
        target: saveTarget(target),
      })),
    },
    maps: {
      nextId: maps.nextId,
      items: [...maps.values()].map((map) => ({
        id: map.id,
        type: map.type,
        keySize: map.keySize,
        valueSize: map.valueSize,
        maxEntries: map.maxEntries,
        flags: map.flags,
        name: map.name,
        values: [...map.values].map(([key, value]) => [key, toBase64(value)] as const),
        programs: [...map.programs].map(([index, { id }]) => [index, id] as const),
        owner: map.owner,
        typeInfo: map.typeInfo === null ? null : { ...map.typeInfo, btf: map.typeInfo.btf.id },
        frozen: map.frozen,
      })),
    },
    btfs: {
      nextId: btfs.nextId,
      items: [...btfs.values()].map(({ id, bytes }) => ({ id, bytes: toBase64(bytes) })),
    },
    nextNamespace: network.nextInode,
    namespaces: [...network.namespaces.values()].map(({ inode, name, nextIfindex, devices }) => ({
      inode,
      name,
      nextIfindex,
      devices: [...devices.values()].map((device) => ({
        ifindex: device.ifindex,
        name: device.name,
        up: device.up,
        qdisc: device.qdisc,
        ingress: device.tcx.ingress?.save() ?? null,
        egress: device.tcx.egress?.save() ?? null,
        netkit: device.netkit === null ? null : saveNetkit(device.netkit),
      })),
    })),
    nextCgroup: cgroups.nextId,
    cgroups: cgroups.list().map(({ path, id, hooks }) => ({ path, id, hooks: saveHooks(hooks) })),
    mounts: [...kernel.pins.mounts].map(([path, root]) => [path, saveEntries(root)] as const),
    processes: [...kernel.processes.values()].map(({ key, owner, fds }) => ({
      key,
      owner,
      maximumFds: fds.limit,
      fds: [...fds.entries()].map(([fd, object]) => [fd, saveReference(object), fds.access(fd)] as const),
    })),
  };
}

function saveExtra({ recordSize, records }: ExtraInfo): SavedExtraInfo {
  return { recordSize, records: toBase64(records) };
}

function saveReference(object: KernelObject): SavedReference {
  switch (object.kind) {
    case 'directory':
      return { kind: 'cgroup', path: object.cgroup.path, id: object.cgroup.id };
    case 'file':
    case 'statistics':
      return { kind: object.kind };
    default:
      return { kind: object.kind, id: object.id };
  }
}

function saveTarget(target: LinkTarget | null): SavedLink['target'] {
  if (target === null) return null;
  return target.kind === 'cgroup' ? { cgroup: target.path } : nameOf(target);
}

function nameOf({ namespace, ifindex }: Device): SavedDeviceName {
  return { namespace: namespace.inode, ifindex };
}

function saveNetkit({ role, other, policy, chain }: NetkitEnd): SavedNetkit {
  return { role, other: nameOf(other), policy, chain: chain.save() };
}

function saveHooks(hooks: Cgroup['hooks']): readonly SavedCgroupHook[] {
  return [...hooks].map(([attachType, { mode, revision, entries }]) => ({
    attachType,
    mode,
    revision,
    entries: entries.map(({ owner, preorder }): SavedCgroupEntry => {
      return owner.kind === 'link' ? { link: owner.id, preorder } : { program: owner.id, preorder };
    }),
  }));
}

function saveEntries(directory: PinDirectory): SavedEntries {
  return [...directory.entries].map(([name, entry]) => [
    name,
    entry.kind === 'directory' ? saveEntries(entry) : saveReference(entry),
  ]);
}
