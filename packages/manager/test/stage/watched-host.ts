import { MprogError } from '@mprog/core';
import { command, type ErrnoName, errno, type Host, type SystemCall } from '@mprog/kernel';
import { overridden } from '../suites/manager-bench.js';

/** Calls that change the kernel or its pins. */
export const mutatingCalls = [
  'PROG_LOAD',
  'MAP_CREATE',
  'MAP_UPDATE_ELEM',
  'PROG_ATTACH',
  'PROG_DETACH',
  'LINK_CREATE',
  'LINK_UPDATE',
  'LINK_DETACH',
  'OBJ_PIN',
  'load',
  'makeDirectory',
  'remove',
  'removeDirectory',
  'rename',
  'exchange',
] as const;

/** A command of bpf(2), `load` of an object, or a method of the pin tree. */
export type MutatingCall = (typeof mutatingCalls)[number];

/** Who looks at what a process does. */
export interface Watcher {
  /** Before a call that changes something; a code is answered in its place. */
  before?(call: MutatingCall): ErrnoName | null;
  /** After one, whatever came of it; `close` of an fd may end a link. */
  after?(call: MutatingCall | 'close'): void;
  /** Before any call of bpf(2). */
  any?(): void;
}

const names = new Map<number, MutatingCall>(
  mutatingCalls.flatMap((name) => (name in command ? [[command[name as keyof typeof command], name]] : [])),
);

/** A process whose calls are watched. */
export function watchedHost(host: Host, watcher: Watcher): Host {
  const { systemCall, world, objects } = host;
  const around = <Result>(call: MutatingCall, action: () => Result, refused: (code: ErrnoName) => Result) => {
    const code = watcher.before?.(call) ?? null;
    try {
      return code === null ? action() : refused(code);
    } finally {
      watcher.after?.(call);
    }
  };
  const throwing =
    (operation: string) =>
    (code: ErrnoName): never => {
      throw new MprogError(code, `${operation}: it failed (${code})`);
    };
  const bpf: SystemCall['bpf'] = (number, attr, size) => {
    watcher.any?.();
    const name = names.get(number);
    if (name === undefined) return systemCall.bpf(number, attr, size);
    return around(
      name,
      () => systemCall.bpf(number, attr, size),
      (code) => -errno[code],
    );
  };
  const pin =
    <Arguments extends readonly string[]>(
      name: MutatingCall & keyof typeof world.pins,
      action: (...paths: Arguments) => void,
    ) =>
    (...paths: Arguments) =>
      around(name, () => action(...paths), throwing(`${name} ${paths.join(' ')}`));
  const { pins } = world;
  return overridden(host, {
    systemCall: overridden(systemCall, { bpf }),
    world: overridden(world, {
      close: (fd) => {
        const result = world.close(fd);
        watcher.after?.('close');
        return result;
      },
      pins: overridden(pins, {
        makeDirectory: pin('makeDirectory', (path: string) => pins.makeDirectory(path)),
        remove: pin('remove', (path: string) => pins.remove(path)),
        removeDirectory: pin('removeDirectory', (path: string) => pins.removeDirectory(path)),
        rename: pin('rename', (from: string, to: string) => pins.rename(from, to)),
        exchange: pin('exchange', (one: string, other: string) => pins.exchange(one, other)),
      }),
    }),
    objects: overridden(objects, {
      load: (bytes, options) =>
        around('load', () => objects.load(bytes, options), throwing(`load ${options.name}`)),
    }),
  });
}
