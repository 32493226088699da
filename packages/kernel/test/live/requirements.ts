import { describe, type TestOptions, test } from 'vitest';
import type { Laboratory } from '../../src/index.js';
import { missingOnLinux, openLinuxLaboratory } from '../../src/linux/index.js';

/** Whether suites are only listed, for the table of the specification: as on a machine that has everything. */
const isListed = process.env.MPROG_LIST_EVERY_TEST === '1';

let reason: string | null | undefined = isListed ? null : undefined;

/** Why the suites on the running kernel cannot run here, in one line; null when they can. */
export function liveReason(): string | null {
  if (reason === undefined) {
    const missing = missingOnLinux('laboratory') ?? refusedLaboratory();
    reason = missing === null ? null : `live kernel: ${missing}`;
  }
  return reason;
}

/**
 * For suites that look whether an object is gone at once: whoever looks through all ids of this machine holds, for a
 * moment, what a test has just let go.
 */
export const besideOthers: TestOptions = { retry: 3 };

/** A suite on the running kernel; where it cannot run, one skipped test tells why. */
export function liveSuite(name: string, body: () => void, options: TestOptions = {}): void {
  const why = liveReason();
  const skipped = () => void test('needs the live kernel', ({ skip }) => skip(why ?? ''));
  describe(name, options, why === null ? body : skipped);
}

/** A container may refuse what the capabilities would allow. */
function refusedLaboratory(): string | null {
  try {
    openLinuxLaboratory().close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why netkit cannot be tried here, in one line; null when it can. */
export function netkitReason(): string | null {
  return refusal('netkit', (laboratory) => laboratory.addNetkitPair());
}

/** Why cgroups cannot be tried here, in one line; null when they can. */
export function cgroupReason(): string | null {
  return refusal('live kernel', (laboratory) => laboratory.addCgroup());
}

/** Runs the body of a suite, or one skipped test that tells why it cannot run. */
export function unless(why: string | null, body: () => void): void {
  if (why === null) body();
  else test('needs more than this machine has', ({ skip }) => skip(why));
}

/** @param what what the line is about; `live kernel` is what a machine for tests must have */
function refusal(what: string, action: (laboratory: Laboratory) => void): string | null {
  if (isListed) return null;
  using laboratory = openLinuxLaboratory();
  try {
    action(laboratory);
    return null;
  } catch (error) {
    return `${what}: ${(error as Error).message}`;
  }
}
