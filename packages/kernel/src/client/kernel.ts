import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import type { Host } from '../host.js';
import { Attachments } from './attachments.js';
import { Descriptor } from './descriptor.js';
import { check } from './kernel-error.js';
import { Links } from './links.js';
import { Maps } from './maps.js';
import { ObjectCalls } from './object-calls.js';
import { Pins } from './pins.js';
import { Probe } from './probe.js';
import { Programs } from './programs.js';

/**
 * Typed verbs for bpf(2) over either kernel.
 *
 * Verbs throw a `KernelError` whose `code` is the errno name; those called `try…` return the negated error number.
 * The client holds no fd of its own and lives as long as its host.
 *
 * @example
 * const kernel = new Kernel(openLinux());
 * const { revision, attachments } = kernel.attachments.query(tcx('ingress', 4));
 */
export class Kernel {
  readonly host: Host;
  readonly attachments: Attachments;
  readonly programs: Programs;
  readonly links: Links;
  readonly maps: Maps;
  readonly pins: Pins;
  readonly probe: Probe;
  readonly #calls: ObjectCalls;

  constructor(host: Host) {
    this.host = host;
    this.#calls = new ObjectCalls(host.systemCall, host.world);
    this.probe = new Probe(this.#calls);
    this.attachments = new Attachments(this.#calls, this.probe);
    this.programs = new Programs(this.#calls);
    this.links = new Links(this.#calls, this.probe);
    this.maps = new Maps(this.#calls);
    this.pins = new Pins(this.#calls);
  }

  /**
   * Turns the counting of program runs on, for as long as the descriptor is open (spec 15.6).
   *
   * @throws KernelError `EPERM` without CAP_SYS_ADMIN
   */
  enableStatistics(): Descriptor {
    this.#calls.memory.setField(attr.enableStats.type, 0);
    const fd = check(this.#calls.call(command.ENABLE_STATS, attr.enableStats.end), () => 'enable statistics');
    return new Descriptor(fd, this.host.world);
  }
}
