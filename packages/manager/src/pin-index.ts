import { MprogError } from '@mprog/core';
import type { Kernel, LinkInfo, ProgramInfo } from '@mprog/kernel';

/** What is pinned at a path. */
export type PinEntry =
  | { readonly kind: 'program'; readonly path: string; readonly info: ProgramInfo }
  | { readonly kind: 'link'; readonly path: string; readonly info: LinkInfo };

/** Programs and links that are pinned on the bpffs of a host; the only way to read them without CAP_SYS_ADMIN. */
export interface PinIndex {
  readonly entries: readonly PinEntry[];
  /** Paths of a program, or null when a bpffs could not be listed. */
  program(id: number): readonly string[] | null;
  /** Paths of a link, or null when a bpffs could not be listed. */
  link(id: number): readonly string[] | null;
}

/**
 * Opens every pin once.
 *
 * @param report takes a sentence for what could not be read
 */
export function readPins(kernel: Kernel, report: (problem: string) => void): PinIndex {
  const { pins } = kernel.host.world;
  const paths = new Set<string>();
  let whole = true;
  for (const mount of pins.mounts()) {
    try {
      for (const path of pins.list(mount)) paths.add(path);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      whole = false;
      report(`pins below ${mount} are unknown: ${error.message}`);
    }
  }
  const entries: PinEntry[] = [];
  let refused = 0;
  for (const path of paths) {
    try {
      const entry = readPin(kernel, path);
      if (entry !== null) entries.push(entry);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      if (error.code === 'EACCES' || error.code === 'EPERM') refused++;
    }
  }
  if (refused > 0) {
    whole = false;
    report(`${refused} of ${paths.size} pins could not be opened (EACCES): whose they are is unknown`);
  }
  const byId = (kind: PinEntry['kind'], id: number): readonly string[] | null => {
    const found = entries.filter((entry) => entry.kind === kind && entry.info.id === id);
    return found.length > 0 || whole ? found.map(({ path }) => path) : null;
  };
  return {
    entries,
    program: (id) => byId('program', id),
    link: (id) => byId('link', id),
  };
}

function readPin(kernel: Kernel, path: string): PinEntry | null {
  using pinned = kernel.pins.open(path);
  if (pinned.kind === 'program') return { kind: 'program', path, info: kernel.programs.info(pinned.fd) };
  if (pinned.kind === 'link') return { kind: 'link', path, info: kernel.links.info(pinned.fd) };
  return null;
}
