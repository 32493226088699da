import type { Anchor } from '@mprog/core';
import { type Kernel, type KernelHook, type Laboratory, type ObjectReference, tcx } from '@mprog/kernel';
import { beforeEach } from 'vitest';
import { provideObjects, rebuild } from '../crash/provide-objects.js';
import { PolicyBench } from './policy-bench.js';

/** The kind of hook that a bench has. */
export type BenchLayer = 'tcx' | 'cgroup';

/** How somebody else attaches a program. */
export interface ForeignOptions {
  readonly link?: boolean;
  readonly anchors?: readonly Anchor<ObjectReference>[];
}

/**
 * A bench for one hook of a device or of a cgroup, and for policies with the programs `a` to `d` on it; every other name of a
 * policy is a program of somebody else.
 */
export class LayerBench extends PolicyBench {
  readonly #layer: BenchLayer;
  #path = '';
  /** What programs are called that no pin names any more. */
  readonly #known: Map<number, string> = new Map();

  constructor(makeLaboratory: () => Laboratory, layer: BenchLayer) {
    super(makeLaboratory);
    this.#layer = layer;
    beforeEach(() => {
      this.#known.clear();
      if (layer === 'cgroup') this.#path = this.cgroup();
      provideObjects(this.stateDirectory, layer);
    });
  }

  /** Name of the hook. */
  get target(): string {
    return this.#layer === 'tcx' ? this.hook : `cgroup/inet_ingress@${this.#path}`;
  }

  /** Makes the object of a program one for devices. */
  writeTcxObject(name: string): void {
    this.provide(`${name}.o`, 'telemetry');
  }

  /** Makes another version of an object. */
  rebuild(name: string): void {
    rebuild(this.object(name));
  }

  /** Path of an object file. */
  object(name: string): string {
    return `${this.stateDirectory}/${name}.o`;
  }

  /** A policy that says an order; what is not `a` to `d` is matched by its name. */
  text(order: readonly string[], more: Readonly<Record<string, unknown>> = {}): string {
    const programs = order.map((name) => [
      name,
      /^[a-d]$/.test(name) ? { object: `${name}.o` } : { match: { name }, many: true },
    ]);
    const where = this.#layer === 'tcx' ? { devices: ['eth0'] } : { cgroups: [this.#path] };
    const on = this.#layer === 'tcx' ? 'tcx/ingress' : 'cgroup/inet_ingress';
    return JSON.stringify({
      version: 1,
      programs: Object.fromEntries(programs),
      hooks: [{ on, ...where, ...(order.length > 0 ? { order } : {}), ...more }],
    });
  }

  /** Loads a program as somebody else; its fd stays open. */
  loadForeign(name: string): { readonly fd: number; readonly id: number } {
    return this.#layer === 'tcx' ? this.load(name) : this.loadForCgroup(name);
  }

  /** Attaches a program as somebody else; returns the id of its link, or 0. */
  attachForeign(fd: number, { link = false, anchors = [] }: ForeignOptions = {}): number {
    return this.onHook((hook, kernel) => {
      if (link) return kernel.links.info(kernel.links.create(hook, fd, { anchors }).fd).id;
      kernel.attachments.attach(hook, fd, { anchors });
      return 0;
    });
  }

  /** Does something with the hook as somebody else. */
  onHook<Result>(action: (hook: KernelHook, kernel: Kernel) => Result): Result {
    if (this.#layer === 'tcx') return action(tcx('ingress', this.ifindex), this.kernel);
    return this.onCgroup(this.#path, (hook) => action(hook, this.kernel));
  }

  /** Ids of the programs on the hook, as the kernel tells them. */
  chain(): readonly number[] {
    return this.onHook((hook, kernel) =>
      kernel.attachments.query(hook).attachments.map(({ programId }) => programId),
    );
  }

  /** What is on the hook: a program of ours by its name in the policy, another one by its own. */
  members(): readonly string[] {
    for (const path of this.pins()) {
      const name = /\/mprog\/programs\/([^/~]+)$/.exec(path)?.[1];
      if (name === undefined) continue;
      using pinned = this.kernel.pins.open(path);
      this.#known.set(this.kernel.programs.info(pinned.fd).id, name);
    }
    return this.chain().map((id) => {
      using program = this.kernel.programs.open(id);
      return this.#known.get(id) ?? this.kernel.programs.info(program.fd).name;
    });
  }
}
