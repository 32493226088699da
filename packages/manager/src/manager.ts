import { clip } from '@mprog/core';
import { attach } from './change/attach.js';
import { detach } from './change/detach.js';
import { detachLink } from './change/detach-link.js';
import { pinLink } from './change/pin-link.js';
import { pruneLinks } from './change/prune-links.js';
import { unpin } from './change/unpin.js';
import { updateLink } from './change/update-link.js';
import type { Change } from './change.js';
import type { Context } from './context.js';
import { HostView } from './host/host-view.js';
import { findLinks } from './host/link-listing.js';
import type { Inventory, LinkListing, ProgramListing } from './host/state.js';
import { type ManagerOptions, makeContext } from './make-context.js';
import type {
  AttachOptions,
  ChangeOptions,
  DetachOptions,
  DetachTarget,
  InventoryOptions,
  LoadOptions,
  ShowOptions,
  UpdateLinkOptions,
} from './options.js';
import { loadProgram } from './resolve/load-program.js';
import { resolveLink } from './resolve/resolve-link.js';
import { listHooks, listing } from './view/inventory.js';
import { type PacketRun, runPacket } from './view/packet-run.js';
import { type ProbeReport, probeKernel } from './view/probe-kernel.js';
import { listPrograms } from './view/program-listing.js';
import { showHook } from './view/show-hook.js';

/**
 * One view of the hooks of a host, and every change of them under the guard of what was read.
 *
 * Each method is one command: it looks at the kernel afresh, checks everything, then acts, verifies by a query, and
 * records both ends in the journal. Methods are synchronous and throw an `MprogError`; what was begun is undone or named
 * in the error. The manager holds nothing open.
 *
 * @example
 * const manager = new Manager({ kernel, stateDirectory: defaultStateDirectory() });
 * manager.attach('tcx/ingress@eth0', 'telemetry.o', { before: ['name:fw_*'], link: true });
 */
export class Manager {
  readonly #context: Context;

  constructor(options: ManagerOptions) {
    this.#context = makeContext(options);
  }

  /**
   * Hooks that have programs, members in run order.
   *
   * What may not be read is null and named in `errors`; namespaces that cannot be entered are named and skipped.
   *
   * @throws MprogError `ENOENT` for a pattern that matches no hook, empty ones included; `ERR_HOOK_NAME`
   */
  inventory(options: InventoryOptions = {}): Inventory {
    return listHooks(this.#context, options);
  }

  /**
   * One hook, also an empty one, with whole function names, who holds its links, what lies behind it and what is
   * suspicious about it: an inventory of exactly one hook.
   *
   * @throws MprogError `ERR_HOOK_NAME`, `ERR_LAYER` for the effective list of a device, `ENODEV`, `ENOENT`, `EPERM`,
   * `EOPNOTSUPP` where the kernel has no such hooks
   */
  show(hook: string, options: ShowOptions = {}): Inventory {
    return showHook(this.#context, hook, options);
  }

  /**
   * Runs the members of a hook one by one on a packet, up to the one that ends the chain, away from any device.
   *
   * The programs really run: what they write to maps stays.
   *
   * @param packet frame from its Ethernet header on, 14 bytes at least
   * @throws MprogError `EINVAL` for a packet that is too short, `EOPNOTSUPP` for programs that cannot be run, `EPERM`
   */
  run(hook: string, packet: Uint8Array): PacketRun {
    return runPacket(this.#context, hook, packet);
  }

  /** What the host offers, and what it would take; it needs no right and changes nothing. */
  probe(): ProbeReport {
    return probeKernel(this.#context);
  }

  /**
   * Attaches a program, or puts it in the place of another one.
   *
   * Several `before` and `after` are all satisfied, at the place nearest the end; with `replace` they are a check. With
   * `link` the program is attached through a link, pinned at `pin` or under `mprog/links`; with `replace` the place stays
   * what it is, direct or a link's.
   *
   * @param program any reference; a file is loaded
   * @throws MprogError `ESTALE`, `EEXIST`, `ENOENT`, `ERR_AMBIGUOUS`, `ERR_CONTRADICTION`, `ERR_FOREIGN`, `ERANGE`, `ENODEV`, …
   */
  attach(hook: string, program: string, options: AttachOptions = {}): Change {
    return attach(this.#context, hook, program, options);
  }

  /**
   * Removes one attachment; one that a link owns through its link, whose pins of ours go too.
   *
   * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ESTALE`, `ENODEV`, …
   */
  detach(hook: string, target: DetachTarget, options: DetachOptions = {}): Change {
    return detach(this.#context, hook, target, options);
  }

  /** Links of the layers that mprog knows, wherever they are attached. */
  links(): LinkListing {
    const view = new HostView(this.#context);
    const { links } = findLinks(this.#context, view);
    return { ...listing(this.#context, view), links };
  }

  /**
   * One link: `link:7`, `7`, `pin:PATH`, a path, or `id:`, `name:`, `tag:` of its program.
   *
   * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS`, `ERR_REFERENCE`
   */
  link(link: string): LinkListing {
    const view = new HostView(this.#context);
    const { state } = resolveLink(this.#context, view, link, `show link ${clip(link)}`);
    return { ...listing(this.#context, view), links: [state] };
  }

  /**
   * Gives a link another program, in place.
   *
   * @throws MprogError `ENOLINK` for a defunct one, `EEXIST`, `ERR_FOREIGN`, …
   */
  updateLink(link: string, program: string, options: UpdateLinkOptions = {}): Change {
    return updateLink(this.#context, link, program, options);
  }

  /**
   * Detaches what a link holds and removes our pins of it.
   *
   * @throws MprogError `ERR_FOREIGN`, `ENOENT`, …
   */
  detachLink(link: string, options: ChangeOptions = {}): Change {
    return detachLink(this.#context, link, options);
  }

  /**
   * Pins a link at an absolute path below a bpffs; missing directories are made.
   *
   * @throws MprogError `ERR_FOREIGN`, `EEXIST`, `EPERM`, `ENOENT` without bpffs, …
   */
  pinLink(link: string, path: string, options: ChangeOptions = {}): Change {
    return pinLink(this.#context, link, path, options);
  }

  /**
   * Removes a pin of a link; the last one detaches it unless a process holds it.
   *
   * @throws MprogError `ENOENT`, `EINVAL` for a pin of something else, `ERR_FOREIGN`
   */
  unpin(path: string, options: ChangeOptions = {}): Change {
    return unpin(this.#context, path, 'link', options);
  }

  /** Removes our pins of links whose device or cgroup is gone; one change for each pin. */
  pruneLinks(options: Pick<ChangeOptions, 'dryRun'> = {}): readonly Change[] {
    return pruneLinks(this.#context, options);
  }

  /**
   * Programs of the host, of all types; without CAP_SYS_ADMIN those that are pinned or attached.
   */
  programs(options: { readonly fullNames?: boolean } = {}): ProgramListing {
    const view = new HostView(this.#context);
    const programs = listPrograms(this.#context, view, options.fullNames ?? false);
    return { ...listing(this.#context, view), programs };
  }

  /**
   * Loads one program of an object file and pins it.
   *
   * @param file `FILE.o` or `FILE.o:PROGRAM`
   * @throws MprogError `ENOEXEC`, `ENOENT`, `ERR_AMBIGUOUS`, `EEXIST` for a path that is taken, the verifier's refusal
   * with its log in `data.log`
   */
  loadProgram(file: string, options: LoadOptions): Change {
    return loadProgram(this.#context, file, options);
  }

  /**
   * Removes a pin of a program.
   *
   * @throws MprogError `ENOENT`, `EINVAL` for a pin of something else, `ERR_FOREIGN`
   */
  unpinProgram(path: string, options: ChangeOptions = {}): Change {
    return unpin(this.#context, path, 'program', options);
  }
}
