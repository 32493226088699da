import { info } from '../../abi/info.js';
import type { LinkObject } from '../objects/link.js';

const layout = info.link;

/** Fills in link info (spec 7.9, 15.5.4). */
export function describeLink(link: LinkObject, view: DataView): number {
  view.setUint32(layout.type, link.type, true);
  view.setUint32(layout.id, link.id, true);
  view.setUint32(layout.programId, link.program.id, true);
  link.layer.describeLink(link, view);
  return 0;
}
