import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { mapType } from '../../abi/map-type.js';
import { openFlag } from '../../abi/open-flag.js';
import { programType } from '../../abi/program-type.js';
import { abiSize } from '../../abi/size.js';
import type { AttrReader } from '../attr-reader.js';
import { type Call, type Command, isCapable } from '../call.js';
import { countInstructions } from '../count-instructions.js';
import { readExtraInfo } from '../extra-info.js';
import { checkLog, type LogFields, writeLog } from '../load-log.js';
import { loadRuleOf } from '../load-rule.js';
import { mapsNamedByFdArray, mapsOfInstructions } from '../map-references.js';
import { readObjectName } from '../object-name.js';
import type { ProgramObject } from '../objects/program.js';
import { admits } from '../program-array.js';
import { programTag } from '../program-tag.js';

const layout = attr.progLoad;
const KNOWN_FLAGS = 0xff | openFlag.TOKEN_FD;
const MAX_INSTRUCTIONS = 1_000_000;
const LICENSE_LIMIT = 127;
const XDP_DEV_BOUND_ONLY = 64;
const LOOPBACK = 1;
const logFields: LogFields = {
  level: layout.logLevel,
  size: layout.logSize,
  buffer: layout.log,
  trueSize: layout.logTrueSize,
};
const GPL_LICENSES: ReadonlySet<string> = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** PROG_LOAD (spec 15.1), without a verifier: instructions are taken as they are, but for the maps that they name. */
export const progLoad: Command = {
  end: abiSize.attr,
  run(call) {
    const early = checkRequest(call);
    if (early !== 0) return early;
    const { attr: input, memory } = call;

    const instructions = memory.read(
      input.u64(layout.instructions),
      input.u32(layout.instructionCount) * abiSize.instruction,
    );
    if (instructions === null) return -errno.EFAULT;
    const license = memory.readString(input.u64(layout.license), LICENSE_LIMIT);
    if (license === null) return -errno.EFAULT;
    if (input.u64(layout.signature) !== 0) return -errno.EOPNOTSUPP;
    const type = input.u32(layout.type);
    const rule = loadRuleOf(type);
    if (input.u32(layout.ifindex) !== 0) return checkDevice(call, type);
    if (!rule.known) return -errno.EINVAL;
    const name = readObjectName(input.bytes(layout.name, abiSize.name));
    if (name === null) return -errno.EINVAL;

    const log = checkLog(call, logFields);
    if (log !== 0) return log;
    const parts = readParts(call, instructions);
    const written = writeLog(call, logFields, logText(countInstructions(instructions)));
    if (written !== 0) return written;
    if (typeof parts === 'number') return parts;
    const owner = { type, expectedAttachType: rule.attachTypeOf(input.u32(layout.expectedAttachType)) };
    if (parts.maps.some((map) => !admits(map, owner))) return -errno.EINVAL;

    const { kernel, caller } = call;
    const program: ProgramObject = {
      kind: 'program',
      id: kernel.programs.allocateId(),
      ...owner,
      name,
      tag: programTag(instructions),
      instructions: parts.instructions,
      gpl: GPL_LICENSES.has(license),
      loadTime: kernel.uptime(),
      createdByUid: caller.uid,
      maps: parts.maps,
      btf: parts.btf,
      functionInfo: parts.functionInfo,
      lineInfo: parts.lineInfo,
      references: 0,
      runCount: 0,
      runTime: 0,
      machineCode: null,
    };
    if (!caller.fds.hasRoom) return -errno.EMFILE;
    for (const map of program.maps) if (map.type === mapType.PROG_ARRAY) map.owner ??= owner;
    kernel.addProgram(program);
    return kernel.openFd(caller, program);
  },
};

/** What stands in for the verifier's words; the last line is the one that every log ends with. */
function logText(count: number): string {
  const states = 'max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0';
  return `the simulated kernel has no verifier\nprocessed ${count} insns (limit ${MAX_INSTRUCTIONS}) ${states}\n`;
}

/** Rows 1 to 6 of the table in spec 15.1. */
function checkRequest(call: Call): number {
  const { attr: input } = call;
  const flags = input.u32(layout.flags);
  if ((flags & ~KNOWN_FLAGS) !== 0) return -errno.EINVAL;
  if ((flags & openFlag.TOKEN_FD) !== 0) {
    return call.caller.fds.get(input.u32(layout.tokenFd)) === undefined ? -errno.EBADF : -errno.EINVAL;
  }
  if (!isCapable(call, 'CAP_BPF')) return -errno.EPERM;
  const count = input.u32(layout.instructionCount);
  if (count === 0 || count > MAX_INSTRUCTIONS) return -errno.E2BIG;
  const rule = loadRuleOf(input.u32(layout.type));
  if (rule.capability !== null && !isCapable(call, rule.capability)) return -errno.EPERM;
  if (input.u32(layout.attachProgramFd) !== 0 || input.u32(layout.attachBtfId) !== 0) return -errno.EINVAL;
  return rule.allows(input.u32(layout.expectedAttachType)) ? 0 : -errno.EINVAL;
}

/** A program for a device (spec 15.1 #9); no device here takes one, and the loopback says so in another way. */
function checkDevice({ attr: input, caller }: Call, type: number): number {
  const possible = type === programType.XDP || (type === programType.SCHED_CLS && !isBoundOnly(input));
  const device = caller.namespace.devices.get(input.u32(layout.ifindex));
  return possible && device?.ifindex === LOOPBACK ? -errno.EOPNOTSUPP : -errno.EINVAL;
}

function isBoundOnly(input: AttrReader): boolean {
  return (input.u32(layout.flags) & XDP_DEV_BOUND_ONLY) !== 0;
}

type Parts = Pick<ProgramObject, 'instructions' | 'maps' | 'btf' | 'functionInfo' | 'lineInfo'>;

/** Rows 13 to 15: what a program refers to. */
function readParts(call: Call, instructions: Uint8Array): Parts | number {
  const listed = mapsNamedByFdArray(call);
  if (typeof listed === 'number') return listed;
  const extra = readExtraInfo(call, instructions);
  if (typeof extra === 'number') return extra;
  const used = mapsOfInstructions(call, instructions);
  if (typeof used === 'number') return used;
  return { ...extra, instructions: used.instructions, maps: [...new Set([...listed, ...used.maps])] };
}
