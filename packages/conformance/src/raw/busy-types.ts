import { attr, cgroupAttachTypes, command } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';
import type { RawWorld } from './raw-world.js';

const layout = attr.progQuery;

/** Attach types of cgroups for which others have attached something above those of a raw sequence; it would show. */
export function busyTypes(world: RawWorld, { bytes, base, bpf }: RawMemory): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Object.values(cgroupAttachTypes).filter((type) => {
    bytes.fill(0, 0, layout.end);
    view.setUint32(layout.target, world.fd('A'), true);
    view.setUint32(layout.attachType, type, true);
    view.setUint32(layout.queryFlags, 1, true);
    return bpf(command.PROG_QUERY, base, layout.end) < 0 || view.getUint32(layout.count, true) > 0;
  });
}
