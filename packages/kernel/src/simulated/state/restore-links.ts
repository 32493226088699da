import type { LinkObject, LinkTarget } from '../objects/link.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { readDevice } from './restore-netkit.js';
import { known, readId, restoreTable } from './restore-table.js';
import type { StateReader } from './state-reader.js';

/** Restores the links; what they are attached to is there already. */
export function restoreLinks(kernel: SimulatedKernel, root: StateReader): void {
  restoreTable(kernel.links, root.field('links'), (item) => readLink(kernel, item));
  for (const link of kernel.links.values()) kernel.acquire(link.program);
}

function readLink(kernel: SimulatedKernel, item: StateReader): LinkObject {
  const attachType = item.field('attachType').integer();
  const layer = kernel.layerOf(attachType);
  if (layer === undefined)
    throw item.refuse(`has the attach type ${attachType}, which this kernel does not know`);
  const type = item.field('type').integer();
  if (type !== layer.linkType) throw item.refuse(`has the type ${type} instead of ${layer.linkType}`);
  const target = item.field('target');
  const program = item.field('program');
  return {
    kind: 'link',
    id: readId(item.field('id')),
    type,
    attachType,
    layer,
    program: known(kernel.programs.get(readId(program)), program, 'program'),
    target: target.isNull ? null : readTarget(kernel, target),
    announced: true,
    references: 0,
  };
}

function readTarget(kernel: SimulatedKernel, item: StateReader): LinkTarget {
  if (!item.has('cgroup')) return readDevice(kernel, item);
  const path = item.field('cgroup');
  return known(kernel.cgroups.get(path.text()), path, 'cgroup');
}
