import { Kernel } from '@mprog/kernel';
import { type LinuxLaboratory, missingOnLinux, openLinuxLaboratory } from '@mprog/kernel/linux';
import { LIVE, type Table } from '../benchmark.js';

/**
 * Measures on the running kernel, in a network namespace and cgroups of its own, which are gone afterwards; where that
 * cannot be, a row says why.
 */
export async function inLaboratory(
  title: string,
  measure: (laboratory: LinuxLaboratory, kernel: Kernel) => Promise<readonly Table[]>,
): Promise<readonly Table[]> {
  const missing = missingOnLinux('laboratory');
  if (missing !== null) {
    return [{ title, rows: [{ name: 'not measured', values: [], skipped: `${LIVE}${missing}` }] }];
  }
  using laboratory = openLinuxLaboratory() as LinuxLaboratory;
  return await measure(laboratory, new Kernel(laboratory.host));
}
