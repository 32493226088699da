import { release } from 'node:os';
import { LIVE } from './benchmark.js';
import type { TableSummary } from './summary.js';

/** The first Linux that has tcx. */
const TCX_SINCE = [6, 6] as const;

/** What running a benchmark for a moment came to. */
export interface SmokeResult {
  readonly kind: 'passed' | 'failed' | 'skipped';
  readonly line: string;
}

/**
 * Whether everything of a benchmark ran.
 *
 * With MPROG_REQUIRE_LIVE set it is a failure to skip what needs the kernel although the kernel is there: a test machine
 * that lost a right must not pass for one that has run it all.
 */
export function smokeResult(
  name: string,
  tables: readonly TableSummary[],
  environment: Readonly<Record<string, string | undefined>>,
  isKernelThere: boolean = kernelIsThere(),
): SmokeResult {
  const reasons = new Set(tables.flatMap(({ rows }) => rows.flatMap(({ skipped = [] }) => skipped)));
  if (reasons.size === 0) return { kind: 'passed', line: `ok      ${name}` };
  const isLive = [...reasons].some((reason) => reason.startsWith(LIVE));
  const isFailure = Boolean(environment.MPROG_REQUIRE_LIVE) && isLive && isKernelThere;
  const text = `${name}: skipped: ${[...reasons].join('; ')}`;
  return isFailure
    ? { kind: 'failed', line: `FAILED  ${text}, although this is Linux ${release()}` }
    : { kind: 'skipped', line: `skipped ${text.replace('skipped: ', '')}` };
}

function kernelIsThere(): boolean {
  if (process.platform !== 'linux') return false;
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > TCX_SINCE[0] || (major === TCX_SINCE[0] && minor >= TCX_SINCE[1]);
}
