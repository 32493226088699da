/**
 * Makes a list that fails shorter until no single item can be left out any more.
 *
 * @param items a list for which `failsAt` gives an index
 * @param failsAt where a list fails, -1 when it does not; what stands behind that index is left out
 */
export async function shrink<Item>(
  items: readonly Item[],
  failsAt: (items: readonly Item[]) => number | Promise<number>,
): Promise<readonly Item[]> {
  let kept = items;
  const attempt = async (candidate: readonly Item[]): Promise<boolean> => {
    const at = await failsAt(candidate);
    if (at < 0) return false;
    kept = candidate.slice(0, at + 1);
    return true;
  };
  for (let size = Math.max(1, Math.floor(kept.length / 2)); ; ) {
    let shortened = false;
    // From the end, so that what a removed item made is used by nobody any more.
    for (let end = kept.length; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      if (start >= kept.length) continue;
      const candidate = [...kept.slice(0, start), ...kept.slice(end)];
      if (await attempt(candidate)) shortened = true;
    }
    if (size > 1) size = Math.floor(size / 2);
    else if (!shortened) return kept;
  }
}
