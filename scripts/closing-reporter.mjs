import { release } from 'node:os';
import { notRunLine } from './not-run-line.mjs';

/** The first Linux whose tcx hooks the live suites need. */
const TCX_SINCE = [6, 6];

/**
 * Names the suites that could not run, each reason once, and closes with the counts.
 *
 * With MPROG_REQUIRE_LIVE set, a live suite that was skipped although the kernel is there makes the run fail: a test
 * machine that lost a right must not pass for one that has tested.
 */
export default class ClosingReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons = new Map();
    let liveSkipped = 0;
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed' || state === 'failed') counts[state]++;
        else {
          counts.skipped++;
          const reason = note ?? 'no reason given';
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          if (reason.startsWith('live kernel:')) liveSkipped++;
        }
      }
    }
    const lines = [...reasons].map(([reason, tests]) => notRunLine(reason, tests));
    if (process.env.MPROG_REQUIRE_LIVE && liveSkipped > 0 && kernelIsThere()) {
      lines.push(`failed: ${liveSkipped} live kernel tests were skipped although this is Linux ${release()}`);
      counts.failed++;
    }
    counts.failed += unhandledErrors.length;
    if (counts.failed > 0) process.exitCode = 1;
    process.stdout.write(
      `\n${lines.map((line) => `${line}\n`).join('')}${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}

function kernelIsThere() {
  if (process.platform !== 'linux') return false;
  const [major, minor] = release().split('.').map(Number);
  return major > TCX_SINCE[0] || (major === TCX_SINCE[0] && minor >= TCX_SINCE[1]);
}
