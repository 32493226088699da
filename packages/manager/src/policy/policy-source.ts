import { dirname, resolve } from 'node:path';
import { MprogError } from '@mprog/core';
import { readRegularFile } from '@mprog/kernel/read-regular-file';
import { refusal } from '../manager-error.js';
import { LARGEST_POLICY } from './decode-text.js';

/** The bytes of a policy and where they come from. */
export interface PolicySource {
  readonly bytes: Uint8Array;
  /** What messages call the file; `-` for the standard input. */
  readonly file: string;
  /** Absolute path that paths of the policy are relative to. */
  readonly directory: string;
}

/**
 * Reads the file of a policy; nothing of it is looked at yet.
 *
 * @throws MprogError errno of the file system, `EFBIG` above 4 MiB
 */
export function openPolicySource(path: string): PolicySource {
  try {
    const bytes = readRegularFile(path, LARGEST_POLICY);
    return { bytes, file: path, directory: dirname(resolve(path)) };
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const { reason } = error.data as { readonly reason: string };
    throw refusal(error.code as 'EIO', `read policy ${path}`, reason, { cause: error });
  }
}

/**
 * A policy that comes through the standard input, as `-`; its paths are relative to the working directory.
 *
 * @param bytes everything that was read, 4 MiB at most
 */
export function standardInputPolicy(bytes: Uint8Array): PolicySource {
  return { bytes, file: '-', directory: process.cwd() };
}
