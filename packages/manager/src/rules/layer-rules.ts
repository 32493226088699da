import { clip } from '@mprog/core';
import {
  attachType,
  cgroupAttachTypes,
  type ObjectProgram,
  programType,
  programTypeName,
  programTypeOf,
} from '@mprog/kernel';
import { describeList } from '../host/describe.js';
import { refusal } from '../manager-error.js';
import type { LayerName } from '../names/hook-name.js';

/** A hook as far as its rules are concerned. */
export interface RuledHook {
  readonly layer: LayerName;
  readonly direction: string;
}

/** Programs that fit on a hook (spec 3.1, 10.5), and how the kernel refuses one more. */
export function capacityOf({ layer }: RuledHook): {
  readonly most: number;
  readonly code: 'ERANGE' | 'E2BIG';
} {
  return layer === 'cgroup' ? { most: 64, code: 'E2BIG' } : { most: 63, code: 'ERANGE' };
}

/** Number of a hook's attach type. */
export function attachTypeOfHook({ layer, direction }: RuledHook): number {
  if (layer === 'cgroup') return cgroupAttachTypes[direction as keyof typeof cgroupAttachTypes];
  if (layer === 'tcx') return direction === 'ingress' ? attachType.TCX_INGRESS : attachType.TCX_EGRESS;
  return direction === 'primary' ? attachType.NETKIT_PRIMARY : attachType.NETKIT_PEER;
}

/** Number of the type of the programs that a hook takes. */
export function programTypeFor({ layer, direction }: RuledHook): number {
  if (layer !== 'cgroup') return programType.SCHED_CLS;
  return programTypeOf(cgroupAttachTypes[direction as keyof typeof cgroupAttachTypes]);
}

/** The kernel's word for the type of the programs that a hook takes, `sched_cls`. */
export function programTypeOfHook(hook: RuledHook): string {
  return programTypeName(programTypeFor(hook));
}

/** Types that may be loaded for one attach type alone; the others fit every hook that takes their type. */
const bound: ReadonlySet<number> = new Set([
  programType.CGROUP_SOCK,
  programType.CGROUP_SOCK_ADDR,
  programType.CGROUP_SOCKOPT,
]);

/** Whether a program that is loaded for a hook fits that attach type alone. */
export function isMadeForOneDirection(hook: RuledHook): boolean {
  return bound.has(programTypeFor(hook));
}

/** What a program of an object is loaded as for a hook. */
export interface LoadedAs {
  readonly type: number;
  readonly expectedAttachType?: number;
}

/**
 * What a program of an object is loaded as for a hook; its section may say nothing.
 *
 * @throws MprogError `EINVAL` for a section of another type, or of another attach type where that matters
 */
export function loadedAs(hook: RuledHook, program: ObjectProgram, operation: string): LoadedAs {
  const type = programTypeFor(hook);
  const own = ownAttachType(hook);
  const { name, section } = program;
  if (program.type === 0) return { type, expectedAttachType: own };
  checkType(hook, `${clip(name)} in section ${clip(section)}`, program.type, operation);
  if (bound.has(type) && program.expectedAttachType !== own) {
    throw refusal(
      'EINVAL',
      operation,
      `${clip(name)} in section ${clip(section)} is for another hook than ${hook.direction}`,
      { remedy: `attach it to the hook of its section, or compile it for cgroup/${hook.direction}` },
    );
  }
  return { type };
}

/** Whether the section of a program names just this hook; another may fit too. */
export function isMadeFor(hook: RuledHook, { section, expectedAttachType, type }: ObjectProgram): boolean {
  if (hook.layer !== 'cgroup') return section === `${hook.layer}/${hook.direction}`;
  return type === programTypeFor(hook) && expectedAttachType === ownAttachType(hook);
}

function ownAttachType({ layer, direction }: RuledHook): number {
  return layer === 'cgroup' ? cgroupAttachTypes[direction as keyof typeof cgroupAttachTypes] : 0;
}

/**
 * Makes sure that a hook takes programs of a type.
 *
 * @throws MprogError `EINVAL`
 */
export function checkType(hook: RuledHook, program: string, type: number, operation: string): void {
  const wanted = programTypeFor(hook);
  if (type === wanted) return;
  const where = hook.layer === 'cgroup' ? `cgroup/${hook.direction}` : hook.layer;
  throw refusal(
    'EINVAL',
    operation,
    `${program} is of type ${programTypeName(type)}, and ${where} takes ${programTypeName(wanted)}`,
    { remedy: whoTakes(type) },
  );
}

/** The hooks that programs of a type fit on, in words. */
function whoTakes(type: number): string {
  const cgroups = Object.entries(cgroupAttachTypes)
    .filter(([, attachType]) => programTypeOf(attachType) === type)
    .map(([direction]) => `cgroup/${direction}`);
  const hooks = type === programType.SCHED_CLS ? ['tcx/ingress', 'tcx/egress', 'netkit hooks'] : cgroups;
  return hooks.length === 0 ? 'no hook that mprog manages takes it' : `it fits on ${describeList(hooks)}`;
}
