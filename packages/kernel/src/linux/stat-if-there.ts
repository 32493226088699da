import { type BigIntStats, type PathLike, statSync } from 'node:fs';

/**
 * What a path leads to, undefined where nothing is.
 *
 * The option of `statSync` for this takes what would be below a file for nothing too, from Node 22 on; here that is
 * `ENOTDIR` in every version.
 *
 * @throws the error of Node for everything but `ENOENT`
 */
export function statIfThere(path: PathLike): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
