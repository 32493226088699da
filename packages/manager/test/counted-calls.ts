import { attr, command, flag, type Host, type SystemCall } from '@mprog/kernel';
import { overridden } from './suites/manager-bench.js';

/** Commands that change chains. */
const changing = ['PROG_ATTACH', 'PROG_DETACH', 'LINK_CREATE', 'LINK_UPDATE', 'LINK_DETACH'] as const;

/** How often each command that changes chains was called; a PROG_ATTACH that replaces counts apart. */
export type CallCounts = Readonly<Record<(typeof changing)[number] | 'replace', number>>;

/** A host that counts the calls which change chains. */
export class CountedCalls {
  readonly host: Host;
  readonly #counts: Record<keyof CallCounts, number> = {
    PROG_ATTACH: 0,
    PROG_DETACH: 0,
    LINK_CREATE: 0,
    LINK_UPDATE: 0,
    LINK_DETACH: 0,
    replace: 0,
  };

  constructor(host: Host) {
    const { arena } = host.systemCall;
    const bpf: SystemCall['bpf'] = (number, at, size) => {
      const name = changing.find((one) => command[one] === number);
      const flags = arena.view.getUint32(at - arena.base + attr.progAttach.flags, true);
      if (name === 'PROG_ATTACH' && (flags & flag.REPLACE) !== 0) this.#counts.replace++;
      else if (name !== undefined) this.#counts[name]++;
      return host.systemCall.bpf(number, at, size);
    };
    this.host = overridden(host, { systemCall: overridden(host.systemCall, { bpf }) });
  }

  /** Those that were called at all. */
  get counts(): Partial<CallCounts> {
    return Object.fromEntries(Object.entries(this.#counts).filter(([, count]) => count > 0));
  }

  /** Calls after which the kernel waits for readers of the old chain, some 8 ms each on Linux. */
  get waits(): number {
    const { PROG_ATTACH, PROG_DETACH, LINK_CREATE, LINK_DETACH } = this.#counts;
    return PROG_ATTACH + PROG_DETACH + LINK_CREATE + LINK_DETACH;
  }
}
