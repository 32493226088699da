import { describe, it } from 'vitest';
import { missingOnLinux } from '../../src/linux/index.js';

/** Why suites over the live kernel cannot run here, in one line; null when they can. */
export function liveReason(): string | null {
  const missing = missingOnLinux('laboratory');
  return missing === null ? null : `live kernel: ${missing}`;
}

/** A suite that needs the live kernel; where that cannot be used it is skipped, and says why. */
export function describeLive(name: string, suite: () => void): void {
  const reason = liveReason();
  describe(name, () => {
    if (reason === null) suite();
    else it('runs', (context) => context.skip(reason));
  });
}
