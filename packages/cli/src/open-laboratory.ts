import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';

/** Above every fd: traces have fds in the places of ids, which meant nothing to the kernel that they were recorded on. */
const FIRST_ID = 1_000_000;

/**
 * Gives a maker of laboratories on a kernel.
 *
 * @param remedy what to do where the running kernel cannot be used; nothing when absent
 * @throws MprogError that says what the running kernel or this process lacks
 */
export async function openLaboratory(
  kernel: 'linux' | 'simulated',
  remedy?: string,
): Promise<() => Laboratory> {
  if (kernel === 'simulated') {
    const { SimulatedLaboratory } = await import('@mprog/kernel/simulated');
    return () => new SimulatedLaboratory({ firstId: FIRST_ID });
  }
  const { openLinuxLaboratory, requireLinux } = await import('@mprog/kernel/linux');
  try {
    requireLinux('laboratory');
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    throw new MprogError(
      error.code,
      `open a private namespace: ${error.message} (${error.code})${remedy === undefined ? '' : `; ${remedy}`}`,
      { cause: error, data: error.data },
    );
  }
  return () => openLinuxLaboratory();
}
