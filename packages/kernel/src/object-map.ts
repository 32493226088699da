/** A map as an object asks for it, before anything is loaded. */
export interface ObjectMap {
  /** Name of its variable; of variables' own maps (`parts_bp.bss`) what the loader calls them. */
  readonly name: string;
  /** Section whose variables are its value (`.bss`, `.data.config`); null for any other map. */
  readonly section: string | null;
  /** Number of the map type. */
  readonly type: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** Holds constants (`.rodata`, `.kconfig`), which belong to one load of the object: it is never reused. */
  readonly readOnly: boolean;
}

/** What a map is like, apart from its name and what is in it. */
export type MapForm = Pick<ObjectMap, 'type' | 'keySize' | 'valueSize' | 'maxEntries'>;

/** Characters that the kernel keeps of a name. */
const KERNEL_NAME = 15;

/** Completes what a loader knows of a map by what its name says. */
export function describeObjectMap(map: MapForm & Pick<ObjectMap, 'name'>): ObjectMap {
  // A variable of C has no dot in its name.
  const dot = map.name.indexOf('.');
  const section = dot < 0 ? null : map.name.slice(dot);
  return { ...map, section, readOnly: section !== null && /^\.(rodata|kconfig)(\.|$)/.test(section) };
}

/**
 * Whether a map of the kernel has the name that this one gets when it is made.
 *
 * The kernel keeps 15 characters. The map of a section's variables is known by the section: what stands before it is cut
 * from the name of the object's file, which may be another one for another version.
 */
export function isNamedLike({ name, section }: ObjectMap, kernelName: string): boolean {
  if (section === null) return kernelName === name.slice(0, KERNEL_NAME);
  const dot = kernelName.indexOf('.');
  return dot >= 0 && kernelName.slice(dot) === section.slice(0, KERNEL_NAME);
}

/**
 * Why a map can't be used where an object asks for another one, in words; null when it can: then type, key size and value
 * size are the same. The number of entries may be another one, but for variables, which are the value of the only entry.
 */
export function mapMisfit(wanted: Omit<ObjectMap, 'name' | 'readOnly'>, found: MapForm): string | null {
  const parts = [
    'type',
    'keySize',
    'valueSize',
    ...(wanted.section === null ? [] : (['maxEntries'] as const)),
  ] as const;
  const differs = parts.filter((part) => wanted[part] !== found[part]);
  if (differs.length === 0) return null;
  return differs
    .map((part) => `its ${words[part]} is ${found[part]}, and the object wants ${wanted[part]}`)
    .join('; ');
}

const words = {
  type: 'type',
  keySize: 'key size',
  valueSize: 'value size',
  maxEntries: 'number of entries',
} as const;
