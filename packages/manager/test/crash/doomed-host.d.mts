import type { Host } from '@mprog/kernel';

/** When a process dies: at the n-th change that it makes. */
export interface DeathPoint {
  /** 1 at least. */
  readonly n: number;
  readonly moment: 'before' | 'after';
}

export declare function doomedHost(
  host: Host,
  options: DeathPoint & { die(): void },
): { readonly host: Host; changes(): number };
