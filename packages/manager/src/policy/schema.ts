import { z } from 'zod';
import { layers } from '../names/hook-name.js';

const MOST_ID = 0x7fff_ffff;
/** Pairs of an order grow with its square; no hook takes more than 64 programs. */
export const MOST_ORDERED = 256;

/** JSON Schema has no word for it in zod, so it is said twice. */
const isNotEmpty = (value: object) => Object.keys(value).length > 0;

const say = (description: string) => ({ description });

/** The policy's own name of a program; it names a pin. */
const programName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .meta(say('Name of a program in this policy: 1 to 64 of A-Z a-z 0-9 _ -'));

/** Text without NUL, which neither paths nor names hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is refused
const words = z.string().regex(/^[^\u0000]+$/);

const objectProgram = z
  .strictObject({
    object: words.meta(say("Object file (ELF), relative to the policy's directory")),
    program: words
      .meta(say('Full name of the function; needed where the object has several programs'))
      .optional(),
    maps: z
      .enum(['reuse', 'fresh'])
      .meta(say('Whether a newer version goes on with the maps of the one before'))
      .default('reuse'),
  })
  .meta(say('A program of an object file, loaded once per host'));

const pinnedProgram = z
  .strictObject({ pinned: words.meta(say('Path of a pinned program')) })
  .meta(say('A program that is pinned already'));

const matchRule = z.strictObject({
  name: words.meta(say('Pattern of its name or full function name')).optional(),
  tag: z
    .string()
    .regex(/^[0-9A-Fa-f]{16}$/)
    .meta(say('Its tag, 16 hexadecimal digits; in quotes where all are decimal'))
    .optional(),
  pinned: words.meta(say('Path of a pin of the program or of its link')).optional(),
  link: z.int().min(1).max(MOST_ID).meta(say('Id of the link that it hangs on')).optional(),
  id: z.int().min(1).max(MOST_ID).meta(say('Its id')).optional(),
});

const matchProgram = z
  .strictObject({
    match: matchRule
      .refine(isNotEmpty)
      .meta({ description: 'What tells it; all that is given must fit', minProperties: 1 }),
    optional: z.boolean().meta(say('It may be absent')).default(false),
    many: z.boolean().meta(say('Several on one hook may match')).default(false),
  })
  .meta(say("Somebody else's program: recognised, never moved, replaced or removed"));

const names = z.array(programName).min(1).max(MOST_ORDERED);
const patterns = z.array(words).min(1);

const constraint = z.strictObject({
  before: names.meta(say('It runs before these')).optional(),
  after: names.meta(say('It runs after these')).optional(),
});

/** What every entry of `hooks` may say. */
const anyHook = {
  order: z
    .array(programName)
    .max(MOST_ORDERED)
    .meta(say('Programs in relative order; others may stand between'))
    .default([]),
  constraints: z
    .array(
      z
        .record(programName, constraint.refine(isNotEmpty).meta({ minProperties: 1 }))
        .refine(isNotEmpty)
        .meta({ minProperties: 1 }),
    )
    .meta(say('Further partial orders: - firewall: { before: [cni] }'))
    .default([]),
  first: programName.meta(say('The program that runs before all others')).optional(),
  last: programName.meta(say('The program that runs after all others')).optional(),
  others: z
    .enum(['keep', 'report', 'remove'])
    .meta(say('What happens to programs that are not named; remove needs apply --force'))
    .default('keep'),
  attach: z
    .enum(['link', 'program'])
    .meta(say('Through a pinned link, or the program itself'))
    .default('link'),
  strategy: z
    .enum(['overlap', 'in-place', 'gap'])
    .meta(
      say(
        'overlap: always there, at two places for a moment; in-place: no wait, missing for microseconds; gap: detach, attach',
      ),
    )
    .default('overlap'),
};

const ofLayers = (...chosen: (keyof typeof layers)[]) =>
  chosen.flatMap((layer) => layers[layer].map((direction) => `${layer}/${direction}`));

const deviceHook = z
  .strictObject({
    on: z.enum(ofLayers('tcx', 'netkit')).meta(say('Layer and direction')),
    devices: patterns.meta(say('Names or patterns of devices')),
    namespaces: patterns
      .meta(say("Network namespaces: names, patterns, pid:N or inode:N; the caller's when absent"))
      .optional(),
    ...anyHook,
  })
  .meta(say('Hooks of devices'));

const cgroupHook = z
  .strictObject({
    on: z.enum(ofLayers('cgroup')).meta(say('Layer and direction')),
    cgroups: patterns.meta(say('Paths or patterns of cgroups')),
    ...anyHook,
  })
  .meta(say('Hooks of cgroups'));

const policy = z.strictObject({
  version: z.literal(1).meta(say('Version of this format')),
  programs: z
    .record(programName, z.union([objectProgram, pinnedProgram, matchProgram]))
    .meta(say('Programs by the names that hooks call them by')),
  hooks: z.array(z.union([deviceHook, cgroupHook])).meta(say('What is asked of which hooks')),
});

/** The shape of a policy; what it means together is checked by `checkPolicy`. */
export const policySchema: z.ZodType<PolicyShape> = policy.meta({
  title: 'mprog policy',
  description: 'Which BPF programs run on which hooks, and in which order',
});

const keysOf = ({ shape }: z.ZodObject): readonly string[] => Object.keys(shape);

/** Forms of a program in the order of the schema, each named after the key that tells it from the others. */
export const programForms: readonly (readonly [form: string, keys: readonly string[]])[] = [
  ['object', keysOf(objectProgram)],
  ['pinned', keysOf(pinnedProgram)],
  ['match', keysOf(matchProgram)],
];

/** Forms of an entry of `hooks` in the order of the schema, each named after the key that tells it from the other. */
export const hookForms: readonly (readonly [form: string, keys: readonly string[]])[] = [
  ['devices', keysOf(deviceHook)],
  ['cgroups', keysOf(cgroupHook)],
];

/** Keys of the other mappings. */
export const knownKeys: Readonly<Record<'policy' | 'match' | 'constraint', readonly string[]>> = {
  policy: keysOf(policy),
  match: keysOf(matchRule),
  constraint: keysOf(constraint),
};

/** Every hook that an entry may be on, `tcx/ingress`. */
export const hookWords: readonly string[] = ofLayers('tcx', 'netkit', 'cgroup');

/** A policy of the right shape, defaults filled in. */
export interface PolicyShape {
  readonly version: 1;
  readonly programs: Readonly<Record<string, ProgramShape>>;
  readonly hooks: readonly HookShape[];
}

/** A program of the right shape. */
export type ProgramShape =
  | { readonly object: string; readonly program?: string | undefined; readonly maps: 'reuse' | 'fresh' }
  | { readonly pinned: string }
  | {
      readonly match: {
        readonly name?: string | undefined;
        readonly tag?: string | undefined;
        readonly pinned?: string | undefined;
        readonly link?: number | undefined;
        readonly id?: number | undefined;
      };
      readonly optional: boolean;
      readonly many: boolean;
    };

/** An entry of `hooks` of the right shape, but for what is read with its place in the file. */
export interface HookShape {
  readonly on: string;
  readonly others: 'keep' | 'report' | 'remove';
  readonly attach: 'link' | 'program';
  readonly strategy: 'overlap' | 'in-place' | 'gap';
}
