import { type Host, isErrno, Kernel, readStandIn } from '@mprog/kernel';
import { type CrashMachine, onHook } from './crash-machine.js';
import type { CrashScenario } from './scenarios.js';

/** A program on a hook, as the kernel tells it. */
export interface SeenMember {
  readonly id: number;
  /** Id of the program that a stand-in calls; the id itself of any other program. */
  readonly original: number;
  /** What the scenario calls it; `id:N` for a program that nothing names. */
  readonly key: string;
}

/** What a host looks like, read from the kernel and its pins alone. */
export interface Sighting {
  readonly chain: readonly SeenMember[];
  /** What each path below `mprog/` holds, in words; numbers in paths are left out, and what is kept for undoing. */
  readonly pins: Readonly<Record<string, string>>;
  /** Ids of programs that are kept for undoing. */
  readonly kept: ReadonlySet<number>;
  /** Ids by what the scenario calls them, each version of it. */
  readonly ids: ReadonlyMap<number, string>;
}

const ROOT = '/sys/fs/bpf/mprog';

/**
 * Looks at the host of a machine.
 *
 * @param known what ids are called that were seen before
 */
export function look(
  machine: Pick<CrashMachine, 'target' | 'use'> & { readonly scenario: Pick<CrashScenario, 'foreign'> },
  known: ReadonlyMap<number, string> = new Map(),
): Sighting {
  return machine.use((host) => {
    const kernel = new Kernel(host);
    const paths = listPins(host);
    const held = paths.map((path) => {
      using pinned = kernel.pins.open(path);
      if (pinned.kind === 'program') return { path, kind: 'program', id: kernel.programs.info(pinned.fd).id };
      if (pinned.kind === 'link') return { path, kind: 'link', id: kernel.links.info(pinned.fd).programId };
      return { path, kind: pinned.kind, id: 0 };
    });
    const ids = new Map(known);
    for (const { path, id } of held) {
      const name = /\/programs\/([^/~]+)(~new)?$/.exec(path)?.[1];
      if (name !== undefined) ids.set(id, name);
    }
    const keyOf = (id: number) => ids.get(id) ?? `id:${id}`;
    const chain = onHook(host, machine.target, (hook) =>
      kernel.attachments.query(hook).attachments.map(({ programId: id }) => {
        const original = readStandIn(kernel, id)?.original ?? id;
        if (!ids.has(original)) {
          using program = kernel.programs.open(original);
          const { name } = kernel.programs.info(program.fd);
          if (machine.scenario.foreign.includes(name)) ids.set(original, name);
        }
        return { id, original, key: keyOf(original) };
      }),
    );
    const pins: Record<string, string> = {};
    const kept = new Set<number>();
    for (const { path, kind, id } of held) {
      const short = path.slice(ROOT.length + 1);
      if (short.startsWith('undo/')) kept.add(id);
      else pins[short.replace(/\d+/g, '#')] = `${kind} ${keyOf(id)}`;
    }
    return { chain, pins, kept, ids };
  });
}

function listPins({ world }: Host): readonly string[] {
  try {
    return world.pins.list(ROOT);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
