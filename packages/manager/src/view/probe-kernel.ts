import { MprogError } from '@mprog/core';
import { type Capability, type Feature, featureNeeds } from '@mprog/kernel';
import type { Context } from '../context.js';

/** One thing that a host offers or not. */
export interface ProbedFeature {
  readonly name: Feature | 'cgroup2' | 'bpffs' | 'libbpf' | 'ids';
  /** What it is good for. */
  readonly purpose: string;
  /** Null where the caller lacks the right to find out. */
  readonly present: boolean | null;
  /** Where it is, or what it takes. */
  readonly detail: string;
}

/** What a host offers: the JSON of `probe`. */
export interface ProbeReport {
  readonly version: 1;
  readonly kernel: string;
  readonly bootId: string;
  readonly capabilities: readonly Capability[];
  readonly features: readonly ProbedFeature[];
}

const purposes: Readonly<Record<Feature, string>> = {
  tcx: 'hooks tcx/ingress and tcx/egress of devices',
  netkit: 'hooks netkit/primary and netkit/peer of netkit pairs',
  cgroup: 'hooks of cgroups',
  cgroupOrdering: 'before, after and revisions on cgroups',
  preorder: 'programs of cgroups that run before those below (--preorder)',
  links: 'attachments that a link owns (--link)',
  testRun: 'running programs on a packet by hand (mprog run)',
};

/** Finds out what a host offers; nothing is changed, and no right is needed. */
export function probeKernel({ kernel, world }: Context): ProbeReport {
  const capabilities = world.capabilities();
  const features = (Object.keys(purposes) as Feature[]).map((name): ProbedFeature => {
    const present = kernel.probe.has(name);
    const needs = featureNeeds[name];
    const unknown = `finding out needs CAP_NET_ADMIN; it takes ${needs}`;
    const known = `${present ? 'since' : 'needs'} ${needs}`;
    const detail = present === null ? unknown : known + limitOf(name, world.kernel);
    return { name, purpose: purposes[name], present, detail };
  });
  return {
    version: 1,
    kernel: world.kernel,
    bootId: world.bootId,
    capabilities: [...capabilities].sort(),
    features: [
      ...features,
      cgroup2(world.cgroupMount()),
      bpffs(world.pins.mounts()),
      libbpf(kernel.host.objects),
      ids(capabilities),
    ],
  };
}

/** What a simulated kernel answers to, but does not do. */
function limitOf(name: Feature, kernel: string): string {
  return name === 'testRun' && kernel.startsWith('simulated ')
    ? ', but a simulated one runs no instructions'
    : '';
}

function cgroup2(mount: string | null): ProbedFeature {
  return {
    name: 'cgroup2',
    purpose: 'naming cgroups by their path',
    present: mount !== null,
    detail: mount === null ? 'mount -t cgroup2 none /sys/fs/cgroup' : `mounted at ${mount}`,
  };
}

function bpffs(mounts: readonly string[]): ProbedFeature {
  return {
    name: 'bpffs',
    purpose: 'pins, which links need to outlive the command',
    present: mounts.length > 0,
    detail: mounts.length === 0 ? 'mount -t bpf bpffs /sys/fs/bpf' : `mounted at ${mounts.join(', ')}`,
  };
}

/** An ELF header of a BPF object and nothing else: whoever can read objects gets as far as to find it empty. */
function libbpf(objects: Context['kernel']['host']['objects']): ProbedFeature {
  const purpose = 'loading programs from object files';
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(header.buffer);
  view.setUint16(16, 1, true);
  view.setUint16(18, 247, true);
  view.setUint32(20, 1, true);
  view.setUint16(52, 64, true);
  view.setUint16(58, 64, true);
  try {
    objects.inspect(header, 'probe');
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    if (error.code === 'ELIBBPF') {
      return { name: 'libbpf', purpose, present: false, detail: error.message.replace(/^[^:]*: /, '') };
    }
  }
  return { name: 'libbpf', purpose, present: true, detail: 'object files can be read' };
}

function ids(capabilities: ReadonlySet<Capability>): ProbedFeature {
  const present = capabilities.has('CAP_SYS_ADMIN');
  return {
    name: 'ids',
    purpose: 'names, tags and links of what others attached',
    present,
    detail: present ? 'CAP_SYS_ADMIN is there' : 'needs CAP_SYS_ADMIN',
  };
}
