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
  const listed = new Set<string>();
  let whole = true;
  for (const mount of pins.mounts()) {
    try {
      for (const path of pins.list(mount)) listed.add(path);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      whole = false;
      report(`pins below ${mount} are unknown: ${error.message}`);
    }
  }
  const entries: PinEntry[] = [];
  let refused = 0;
  for (const path of listed) {
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
    report(`${refused} of ${listed.size} pins could not be opened (EACCES): whose they are is unknown`);
  }
  const paths = { program: new Map<number, string[]>(), link: new Map<number, string[]>() };
  for (const { kind, path, info } of entries) {
    const known = paths[kind].get(info.id);
    if (known === undefined) paths[kind].set(info.id, [path]);
    else known.push(path);
  }
  const byId = (kind: PinEntry['kind'], id: number): readonly string[] | null =>
    paths[kind].get(id) ?? (whole ? [] : null);
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
