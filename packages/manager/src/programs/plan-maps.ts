import { isNamedLike, type MapInfo, mapMisfit, type ObjectMap } from '@mprog/kernel';

/** What a load does about one map of the object. */
export interface MapPlan {
  /** As the object's loader calls it. */
  readonly name: string;
  readonly action: 'reuse' | 'create';
  /** Id of the map that is reused; null for one that is made. */
  readonly id: number | null;
}

/** A map that can't go on under the newer version, in words. */
export interface MapProblem {
  readonly name: string;
  readonly reason: string;
}

/**
 * Finds for each map of an object the one of the older version that goes on: that of the same name, type, key and value
 * size. Constants are always new. One that has the name and does not fit is a problem, never silently made anew.
 *
 * @param wanted maps of the object
 * @param found maps of the version that is in the kernel
 */
export function planMaps(
  wanted: readonly ObjectMap[],
  found: readonly MapInfo[],
): { readonly maps: readonly MapPlan[]; readonly problems: readonly MapProblem[] } {
  const maps: MapPlan[] = [];
  const problems: MapProblem[] = [];
  for (const map of wanted) {
    const { name } = map;
    const like = map.readOnly ? [] : found.filter((other) => isNamedLike(map, other.name));
    const [only] = like;
    const rivals = like.length === 0 ? [] : wanted.filter((other) => isNamedLike(other, only!.name));
    if (only === undefined) {
      maps.push({ name, action: 'create', id: null });
    } else if (like.length > 1 || rivals.length > 1) {
      problems.push({
        name,
        reason: 'several maps are called like it, of which the kernel keeps 15 characters',
      });
    } else {
      const misfit = mapMisfit(map, only);
      if (misfit === null) maps.push({ name, action: 'reuse', id: only.id });
      else problems.push({ name, reason: misfit });
    }
  }
  return { maps, problems };
}
