import { writeFileSync } from 'node:fs';
import { clip, MprogError } from '@mprog/core';
import { fileReason, readRegularFile } from '@mprog/kernel/read-regular-file';
import { formatSavedPlan, parseSavedPlan, type SavedPlan } from '@mprog/manager/policy';

/** A plan of thousands of hooks has some megabytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Saves a plan; a file that is there is overwritten.
 *
 * @throws MprogError errno of the file system
 */
export function writeSavedPlan(path: string, saved: SavedPlan): void {
  try {
    writeFileSync(path, formatSavedPlan(saved));
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    throw new MprogError(code, `save plan ${clip(path)}: ${fileReason(code)} (${code})`, { cause: error });
  }
}

/**
 * Reads a plan that was saved.
 *
 * @throws MprogError errno of the file system, `ERR_INVALID_ARGUMENT` for what is no plan
 */
export function readSavedPlan(path: string): SavedPlan {
  return parseSavedPlan(new TextDecoder().decode(readRegularFile(path, MOST_BYTES)), path);
}
