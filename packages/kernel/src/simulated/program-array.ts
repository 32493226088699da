import { mapType } from '../abi/map-type.js';
import type { ArrayOwner, MapObject } from './objects/map.js';

/** Whether programs of a kind may be in a map or refer to it; maps of other types do not mind (spec 15.4). */
export function admits(map: MapObject, { type, expectedAttachType }: ArrayOwner): boolean {
  if (map.type !== mapType.PROG_ARRAY || map.owner === null) return true;
  return map.owner.type === type && map.owner.expectedAttachType === expectedAttachType;
}
